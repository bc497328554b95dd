// The documents of the node's HTTP API, as docs/http-api.md has them. Times are ISO 8601 in UTC.

export type InstanceState = 'ready' | 'not-ready' | 'draining' | 'unknown';

export interface Instance {
  id: string;
  address: string;
  ports: Record<string, number>;
  state: InstanceState;
  reason?: string;
  weight: number;
  zone?: string;
  node?: string;
  metadata?: Record<string, string>;
  since: string;
  revision: number;
  /** The target it is imported from; absent for one that was registered here. */
  origin?: string;
}

export interface ServiceDocument {
  service: string;
  revision: number;
  epoch: string;
  instances: Instance[];
}

export type Freshness = 'live' | 'stale' | 'static-fallback';

/** Where an imported service comes from; what is registered at the node has none. */
export interface Origin {
  target: string;
  mode: string;
  freshness: Freshness;
  reason?: string;
  observedAt?: string;
  /** Endpoints that were left out, and why. */
  rejected?: string[];
}

export interface ServiceSummary {
  name: string;
  instances: number;
  ready: number;
  draining: number;
  notReady: number;
  watchers: number;
  revision: number;
  origin?: Origin;
}

export interface ServiceList {
  revision: number;
  services: ServiceSummary[];
}

export type ChangeKind = 'registered' | 'updated' | 'status' | 'draining' | 'expired' | 'revived' | 'deregistered' | 'removed';

export interface Change {
  revision: number;
  time: string;
  kind: ChangeKind;
  service: string;
  id: string;
  state?: InstanceState;
  reason?: string;
  instance?: Instance;
}

export interface Snapshot {
  epoch: string;
  revision: number;
  services: ServiceDocument[];
}

export interface History {
  completeSince: string;
  changes: Change[];
  truncated: boolean;
}

export interface Watcher {
  id: string;
  kind: 'poll' | 'stream';
  applied: number;
  remote?: string;
  since: string;
  lastSeen: string;
}

export interface Watchers {
  service: string;
  revision: number;
  watchers: Watcher[];
}

export interface Finding {
  instance: string;
  reason: string;
  times: number;
  successRate?: number;
  latency?: number;
  caller?: string;
  remote?: string;
  since?: string;
}

export interface Findings {
  service: string;
  findings: Finding[];
}

export interface NodeStatus {
  version: string;
  epoch: string;
  revision: number;
  started: string;
  services: number;
  instances: number;
  watchers: number;
  journal: { durability: string; directory?: string; bytes: number; segments: number; writable: boolean; problem?: string; recovery?: string };
  guard: { active: boolean; reason?: string; since?: string; heldLeases: number };
  gateway: boolean;
  residentBytes: number;
}

export interface WriteResult {
  service: string;
  id: string;
  revision: number;
}

export interface DrainResult extends WriteResult {
  complete: boolean;
  elapsed: string;
  watchers: number;
  told: number;
  waiting: Watcher[];
}

/** What a drain would leave. */
export interface DrainPreview {
  service: string;
  id: string;
  before: { ready: number };
  after: { ready: number };
  callers: string[];
  emptyZones: string[];
  floor: number;
  allowed: boolean;
  message: string;
}

export interface ProblemDocument {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: Record<string, string>;
}
