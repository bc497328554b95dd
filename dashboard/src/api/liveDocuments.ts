// GET /api/instances/live: a service with the health of its instances.
import type { Freshness, InstanceState } from './documents';

export type LiveStatus = 'ready' | 'degraded' | 'booting' | 'draining' | 'unknown';

export interface HealthPart {
  name: string;
  score: number;
  weight: number;
  reasons: string[];
}

export interface LiveInstance {
  id: string;
  instanceId: string;
  name: string;
  description?: string;
  icon?: string;
  order?: number;
  notes?: string;
  podName?: string;
  hostname?: string;
  status: LiveStatus;
  state: InstanceState;
  reason?: string;
  ready: boolean;
  weight?: number;
  zone?: string;
  revision?: number;
  addresses?: { podIP?: string; hostname?: string; dnsName?: string; serviceEndpoint?: string };
  ports?: Record<string, number>;
  vncUrl?: string;
  healthUrl?: string;
  streamUrl?: string;
  health?: {
    ready: boolean;
    score?: number;
    parts?: HealthPart[];
    details?: unknown;
    lastTransition?: string;
    checkedAt?: string;
  };
  quality?: { frameRate?: number; latencyMs?: number; packetLossPercent?: number; viewers?: number };
  metadata?: Record<string, string>;
  kubernetes?: { namespace?: string; nodeName?: string; targetRef?: { kind?: string; name?: string; namespace?: string } };
}

/** GET /api/scores. */
export interface Scores {
  services: { service: string; score?: number; instances: Record<string, number> }[];
}

export interface LiveDocument {
  discoveryMode: string;
  serviceName: string;
  namespace?: string;
  revision?: number;
  freshness: Freshness;
  reason?: string;
  observedAt?: string;
  lastUpdate?: string;
  instances: LiveInstance[];
  summary: { total: number; ready: number; notReady: number; degraded?: number; lastUpdate?: string };
}
