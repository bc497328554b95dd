// GET /api/gateway: the gateway that runs beside the node.

export interface Traffic {
  requests: number;
  status2xx: number;
  status3xx: number;
  status4xx: number;
  status5xx: number;
  failed: number;
  cancelled: number;
  retries: number;
  inFlight: number;
  rate1s: number;
  rate10s: number;
  rate1m: number;
  failureRate1m: number;
  p50Ms?: number;
  p90Ms?: number;
  p99Ms?: number;
}

export interface GatewayVersion {
  version: string;
  cluster: string;
  percent: number;
  traffic: Traffic;
}

export interface GatewayRoute {
  name: string;
  hosts: string[];
  path?: string;
  versions: GatewayVersion[];
  shiftedAt?: string;
  affinity?: string;
  sessions?: { cookie: string; kept: number; begun: number; moved: number };
  mirror?: { cluster: string; percent: number; sent: number; failed: number; skipped: number; dropped: number; underWay: number };
  limited: number;
  shed: number;
}

export interface GatewayInstance {
  id: string;
  host: string;
  ports: Record<string, number>;
  state: string;
  weight: number;
  zone?: string;
  avoided?: { reason: string; detail: string; ejected: boolean; since: string; until: string };
  traffic: Traffic;
}

export interface GatewayCluster {
  name: string;
  target: string;
  balancer: string;
  freshness?: 'live' | 'stale' | 'fallback';
  problem?: string;
  panicking: boolean;
  breaker?: { state: 'closed' | 'open' | 'half-open'; since?: string; until?: string };
  instances: GatewayInstance[];
}

export interface Gateway {
  urls: string[];
  reload: { at: string; inForceSince: string; error?: string };
  routes: GatewayRoute[];
  clusters: GatewayCluster[];
  overload?: { maxConcurrent: number; underWay: number; waiting: number; refused: number };
  accessLogDropped?: number;
}
