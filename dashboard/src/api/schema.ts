// Made by `npm run types` from docs/openapi.json, which is what a node answers at /openapi/v1.json. Not to be edited.

/** An endpoint that the policy chooses among. */
export interface CandidateDocument {
  /** The endpoint. */
  id: string;
  /** Host or IP address. */
  address: string;
  /** Its failover group; left out for the first, 0. */
  priority?: number;
  /** Its failure domain. */
  zone?: string;
  /** Its weight as its owner has set it, 0 to 100. */
  weight: number;
  /** The part of its failover group's weight that the filters leave it, 0 to 1. */
  share: number;
  /** Requests of this process to it that have not ended. */
  inFlight: number;
  /** The median of its latency in the last interval in which this process had answers, in seconds; absent without. */
  latencySeconds?: number;
  /** The policy's score; absent when it has none. */
  score?: number;
  /** Why this process keeps requests away from it and until when; absent while it does not. */
  avoided?: string;
}

/** One committed change. */
export interface ChangeDocument {
  /** The node's revision that this change became. */
  revision: number;
  /** When (UTC). */
  time: string;
  /** `registered`, `updated`, `status`, `draining`, `expired`, `revived`, `deregistered` or `removed`. */
  kind: 'registered' | 'updated' | 'status' | 'draining' | 'expired' | 'revived' | 'deregistered' | 'removed';
  /** The service. */
  service: string;
  /** The instance. */
  id: string;
  /** Its state after the change; absent when it is gone. */
  state?: 'ready' | 'not-ready' | 'draining' | 'unknown';
  /** Why, when there is something to say. */
  reason?: string;
  instance?: InstanceDocument;
}

/** A check the node makes of an instance: exactly one of `http` and `tcp`. */
export interface CheckDocument {
  /** URL that must answer 200 to 299. */
  http?: string;
  /** `host:port` that must accept a connection. */
  tcp?: string;
  /** Time between two checks. Default 5 s; 1 s to 1 h. */
  interval?: string;
  /** How long one check may take. Default 1 s; 10 ms to 1 min, at most the interval. */
  timeout?: string;
  /** Failures in a row that make it not ready. Default 2; 1 to 10. */
  failureThreshold?: number;
  /** Successes in a row that make it ready. Default 1; 1 to 10. */
  successThreshold?: number;
}

/** How discovery is doing. */
export interface DiscoveryInfoDocument {
  kubernetesDiscovery: KubernetesDiscoveryDocument;
  /** Whether it is found by itself. */
  usingAutoDiscovery: boolean;
  /** Whether it is shown from its fallback. */
  fallbackToStatic: boolean;
}

/** How a drain ended. */
export interface DrainDocument {
  /** The service. */
  service: string;
  /** The instance. */
  id: string;
  /** The revision in which the instance became draining. */
  revision: number;
  /** True when every live watcher has applied that revision and every event stream was told of it. */
  complete: boolean;
  /** How long it took. */
  elapsed: string;
  /** Watchers that had to apply it; event streams are not among them. */
  watchers: number;
  /** Event streams that were told of it. That proves nothing: a stream does not say what its client has applied, and what was sent may lie unread. */
  told: number;
  /** Watchers that have not applied it, and event streams that could not be told; empty when complete. Also empty, though not complete, when the drain ended so soon after a restart of the node
that who watches was not yet known. */
  waiting: WatcherDocument[];
}

/** What a drain would leave. */
export interface DrainPreviewDocument {
  /** The service. */
  service: string;
  /** The instance. */
  id: string;
  before: ReadyCountDocument;
  after: ReadyCountDocument;
  /** Watchers of the service that the drain would wait for, by name. */
  callers: string[];
  /** Zones that would have no ready instance any more. */
  emptyZones: string[];
  /** How many instances must stay ready (`drain.minReady`). */
  floor: number;
  /** False when it would be refused without `force`. */
  allowed: boolean;
  /** The same in a sentence: `orders 5 → 4 ready, 2 callers, zone b empty`. */
  message: string;
}

/** Why a request goes where it goes: the snapshot, what each filter did to it, who is left and who would be next. */
export interface ExplanationDocument {
  /** What was looked for. */
  target: string;
  /** The balancing policy. */
  policy: string;
  /** Revision of the snapshot. */
  revision: number;
  /** When its source said so (UTC). */
  observedAt: string;
  /** How long ago that is, in seconds. */
  ageSeconds: number;
  /** `live`, `stale` or `fallback`. */
  freshness: 'live' | 'stale' | 'fallback';
  /** Why it is not live. */
  freshnessReason?: string;
  /** What the request has affinity to; absent when to nothing. */
  key?: string;
  /** The hash of the key that policies work with, 16 hexadecimal digits. */
  keyHash?: string;
  /** How many endpoints the snapshot has. */
  considered: number;
  /** What was done to them, in order. */
  steps: FilterStepDocument[];
  /** Who is left, in order of failover group and id. */
  candidates: CandidateDocument[];
  /** What a score is and which wins; absent when the policy has none. */
  scoreMeaning?: string;
  /** True while so few are left that ejected endpoints are used as well. */
  panicking: boolean;
  /** The id of the endpoint that a request would be sent to now; absent when there is none. */
  winner?: string;
  /** Why that one, or why none. */
  why: string;
}

/** What one filter did. */
export interface FilterStepDocument {
  /** The filter, such as `zone`. */
  filter: string;
  /** How many endpoints it was given. */
  before: number;
  /** How many it left. */
  after: number;
  /** What it decided, in sentences; absent when there is nothing to say. */
  notes?: string[];
  /** Whom it took away; absent when nobody. */
  removed?: RemovedDocument[];
}

/** That a caller sends nothing to an instance for a while, and why. */
export interface FindingDocument {
  /** The instance. */
  instance: string;
  /** Why: `unreachable`, `silent`, `failed-probe`, `failures`, `gateway-errors`, `success-rate`, `latency`. */
  reason: string;
  /** How often in a row, this time included. */
  times: number;
  /** The share of the caller's requests that went well before, 0 to 1; null when it has sent none. */
  successRate?: number;
  /** The median latency of those, in seconds; null when there were none. */
  latency?: number;
  /** Who reports it: the name of a watcher. Null in a report itself. */
  caller?: string;
  /** The caller's address. Null in a report itself. */
  remote?: string;
  /** When the caller reported it first (UTC). Null in a report itself. */
  since?: string;
}

/** What callers report of the instances of a service. */
export interface FindingsDocument {
  /** The service. */
  service: string;
  /** In order of instance and caller. */
  findings: FindingDocument[];
}

/** Why requests are kept away from an instance. */
export interface GatewayAvoidedDocument {
  /** Such as `unreachable` or `success-rate`. */
  reason: string;
  /** What was seen. */
  detail: string;
  /** True when it answers, but not well enough. */
  ejected: boolean;
  /** Since when (UTC). */
  since: string;
  /** Until when at least (UTC). */
  until: string;
}

/** What the circuit breaker of a cluster does. */
export interface GatewayBreakerDocument {
  /** `closed` (requests go through), `open` (they fail at once) or `half-open` (one finds out). */
  state: 'closed' | 'open' | 'half-open';
  /** Since when requests go through, or do not (UTC); absent while nothing has happened. */
  since?: string;
  /** When the next request is let through to find out (UTC); absent unless it is open. */
  until?: string;
}

/** A service that a gateway sends requests to. */
export interface GatewayClusterDocument {
  /** Its name; the target's text for one that a route names directly. */
  name: string;
  /** How it is found. */
  target: string;
  /** The policy that chooses among its instances. */
  balancer: string;
  /** `live`, `stale` or `fallback`; absent until its instances are known. */
  freshness?: 'live' | 'stale' | 'fallback';
  /** Why nothing can be sent to it, or why what is known of it is not the newest; absent when all is well. */
  problem?: string;
  /** True while so few instances are left that ejected ones are used as well. */
  panicking: boolean;
  breaker?: GatewayBreakerDocument;
  /** Its instances. */
  instances: GatewayInstanceDocument[];
}

/** The gateway of a node: its routes, where they lead, and how that goes. */
export interface GatewayDocument {
  /** Where it listens. */
  urls: string[];
  reload: GatewayReloadDocument;
  /** In the order of the file. */
  routes: GatewayRouteDocument[];
  /** By name. */
  clusters: GatewayClusterDocument[];
  overload?: GatewayOverloadDocument;
  /** Requests that the access log is missing; absent when there is none. */
  accessLogDropped?: number;
}

/** An instance of a service, as a gateway sees it. */
export interface GatewayInstanceDocument {
  /** Its id. */
  id: string;
  /** Where it is. */
  host: string;
  /** Its ports by name. */
  ports: Record<string, number>;
  /** `ready`, `not-ready`, `draining` or `unknown`. */
  state: 'ready' | 'not-ready' | 'draining' | 'unknown';
  /** 0 to 100. */
  weight: number;
  /** Where it runs; absent when unknown. */
  zone?: string;
  avoided?: GatewayAvoidedDocument;
  traffic: GatewayTrafficDocument;
}

/** What became of the copies of a route's requests. */
export interface GatewayMirrorDocument {
  /** The cluster that gets them. */
  cluster: string;
  /** Which share of the requests is copied, in percent. */
  percent: number;
  /** Copies that were sent. */
  sent: number;
  /** Of these, those without an answer, or with a status of 500 and more. */
  failed: number;
  /** Requests that cannot be copied: upgrades, and those whose body is too long or of unknown length. */
  skipped: number;
  /** Requests that were not copied because too many copies were under way. */
  dropped: number;
  /** Copies under way. */
  underWay: number;
}

/** How much a gateway takes on at once. */
export interface GatewayOverloadDocument {
  /** Requests that may be under way. */
  maxConcurrent: number;
  /** Requests under way. */
  underWay: number;
  /** Requests that wait for their turn. */
  waiting: number;
  /** Requests that were refused. */
  refused: number;
}

/** What became of the newest routes file. */
export interface GatewayReloadDocument {
  /** When it was read (UTC). */
  at: string;
  /** When the routes in force came into force (UTC). */
  inForceSince: string;
  /** Why the file was refused, with lines; absent when it is in force. */
  error?: string;
}

/** A route of a gateway. */
export interface GatewayRouteDocument {
  /** Its name. */
  name: string;
  /** The hosts it takes; empty for any. */
  hosts: string[];
  /** The path it takes; absent for any. */
  path?: string;
  /** Where its requests go. */
  versions: GatewayVersionDocument[];
  /** Since when its shares are not those of the file (UTC); absent when they are. */
  shiftedAt?: string;
  /** What keeps its requests at one instance, as the file has it, such as `header:x-user`; absent when nothing does, or a cookie of the gateway's own. */
  affinity?: string;
  sessions?: GatewaySessionsDocument;
  mirror?: GatewayMirrorDocument;
  /** Requests that were one too many of their rate. */
  limited: number;
  /** Requests that were refused because too many were under way. */
  shed: number;
}

/** What became of the sessions of a route. */
export interface GatewaySessionsDocument {
  /** The name of the cookie. */
  cookie: string;
  /** Requests that were sent where their cookie says. */
  kept: number;
  /** Requests without a cookie of the gateway's. */
  begun: number;
  /** Requests that could not be sent where their cookie says, and were sent elsewhere. */
  moved: number;
}

/** How the requests of a route are to be shared out. */
export interface GatewayShiftDocument {
  /** Shares by version, such as `10%`; versions that are not named keep what remains, in proportion. */
  shares: Record<string, string>;
}

/** What became of requests: counts since the gateway started, rates and latencies of the last minute. */
export interface GatewayTrafficDocument {
  /** Requests that are over. */
  requests: number;
  /** Answers with a status of 200 to 299. */
  status2xx: number;
  /** Answers with a status of 300 to 399. */
  status3xx: number;
  /** Answers with a status of 400 to 499. */
  status4xx: number;
  /** Answers with a status of 500 to 599. */
  status5xx: number;
  /** Requests without an answer, or with a status of 500 and more. */
  failed: number;
  /** Requests whose client went away. */
  cancelled: number;
  /** Tries beyond the first. */
  retries: number;
  /** Requests under way. */
  inFlight: number;
  /** Requests a second over the last second. */
  rate1s: number;
  /** Requests a second over the last ten seconds. */
  rate10s: number;
  /** Requests a second over the last minute. */
  rate1m: number;
  /** Failed requests a second over the last minute. */
  failureRate1m: number;
  /** Milliseconds until the head of the answer: half took no longer; absent when there was no answer in the last minute. */
  p50Ms?: number;
  /** As `p50Ms` for nine in ten. */
  p90Ms?: number;
  /** As `p50Ms` for ninety-nine in a hundred. */
  p99Ms?: number;
}

/** A version of a route. */
export interface GatewayVersionDocument {
  /** Its name; `all` for a route that has but one. */
  version: string;
  /** The cluster that gets its requests. */
  cluster: string;
  /** Its share of the route's requests, in percent. */
  percent: number;
  /** Its share as the file has it, in percent. */
  configuredPercent: number;
  traffic: GatewayTrafficDocument;
}

/** State of the mass-expiry guard. */
export interface GuardStatusDocument {
  /** True while expiry is suspended. */
  active: boolean;
  /** Why, in words for an operator; absent while inactive. */
  reason?: string;
  /** Since when (UTC); absent while inactive. */
  since?: string;
  /** Leases overdue but kept by the guard. */
  heldLeases: number;
}

/** One part of a score. */
export interface HealthPartDocument {
  /** `readiness`, `application`, `quality` or `callers`. */
  name: string;
  /** 0 to 100. */
  score: number;
  /** How much it counts. */
  weight: number;
  /** Why it is not 100, in words. */
  reasons: string[];
}

/** What happened, oldest first. */
export interface HistoryDocument {
  /** The moment from which history is complete (UTC). */
  completeSince: string;
  /** The changes asked for. */
  changes: ChangeDocument[];
  /** True when older ones were left off for the limit. */
  truncated: boolean;
}

/** One instance as the catalog has it. */
export interface InstanceDocument {
  /** Identity inside the service. */
  id: string;
  /** Host or IP address. */
  address: string;
  /** Port numbers by name. */
  ports: Record<string, number>;
  /** `ready`, `not-ready`, `draining` or `unknown`. */
  state: 'ready' | 'not-ready' | 'draining' | 'unknown';
  /** Why it is in that state, when there is something to say. */
  reason?: string;
  /** Share of traffic, 0 to 100. */
  weight: number;
  /** Failure domain. */
  zone?: string;
  /** Machine it runs on. */
  node?: string;
  /** Labels; absent when there are none. */
  metadata?: Record<string, string>;
  /** When it entered its state (UTC). */
  since: string;
  /** Revision of its last change. */
  revision: number;
  /** The target that it is imported from, so that nobody can change it here; null for one that was registered here. */
  origin?: string;
}

/** State of the journal. */
export interface JournalStatusDocument {
  /** `fsync`, `interval` or `memory`. */
  durability: 'fsync' | 'interval' | 'memory';
  /** Where it is; absent in memory. */
  directory?: string;
  /** Bytes on disk. */
  bytes: number;
  /** Segments on disk. */
  segments: number;
  /** True while writes are accepted. */
  writable: boolean;
  /** Why writes are refused and what to do; absent while they are accepted. */
  problem?: string;
  /** What recovery found at the last start, such as a torn tail that was cut; absent when all was whole. */
  recovery?: string;
}

/** How the discovery of one service is doing. */
export interface KubernetesDiscoveryDocument {
  /** Its namespace. */
  namespace?: string;
  /** The services that are imported. */
  services: string[];
  /** Whether any is. */
  discoveryEnabled: boolean;
  /** When its source last answered (UTC). */
  lastDiscovery?: string;
  /** How many instances are known. */
  cachedInstancesCount: number;
  kubernetes: KubernetesStateDocument;
}

/** How a cluster is doing. */
export interface KubernetesStateDocument {
  /** Whether it answers. */
  available: boolean;
  /** The namespace. */
  namespace?: string;
  /** Services imported from it. */
  servicesFound: number;
}

/** A lease as granted. */
export interface LeaseDocument {
  /** How long it lasts without renewal. */
  ttl: string;
  /** How often to renew: a third of the ttl. */
  renewEvery: string;
}

/** Names one lease. */
export interface LeaseKeyDocument {
  /** The service. */
  service?: string;
  /** The instance. */
  id?: string;
}

/** How an instance is reached. */
export interface LiveAddressesDocument {
  /** Its address. */
  podIP: string;
  /** The name of its machine, as it sees itself. */
  hostname?: string;
  /** Its name in the cluster's DNS. */
  dnsName?: string;
  /** `host:port` of the service it belongs to. */
  serviceEndpoint?: string;
}

/** How an instance is, and what that is made of. */
export interface LiveHealthDocument {
  /** Whether it may be sent work. */
  ready: boolean;
  /** 0 to 100: the mean of the parts by weight; at most 25 while it is not ready. */
  score: number;
  /** What is known of it. */
  parts: HealthPartDocument[];
  details?: unknown;
  /** When it entered its state (UTC). */
  lastTransition: string;
  /** When it was last asked (UTC), to the minute while it says the same; null when it was not. */
  checkedAt?: string;
}

/** An instance, live. */
export interface LiveInstanceDocument {
  /** `instance-N` of an instance with an ordinal, else its own id. */
  id: string;
  /** Its id in the catalog. */
  instanceId: string;
  /** Its name for people. */
  name: string;
  /** What it is, in words. */
  description?: string;
  /** Its picture: a URL or a character. */
  icon?: string;
  /** Its place among the others. */
  order?: number;
  /** What there is to know about it. */
  notes?: string;
  /** Its pod. */
  podName?: string;
  /** The name of its machine, as it sees itself. */
  hostname?: string;
  /** `ready`, `degraded` (ready, of a low score), `booting` (not ready), `draining` or `unknown`. */
  status: 'ready' | 'degraded' | 'booting' | 'draining' | 'unknown';
  /** `ready`, `not-ready`, `draining` or `unknown`. */
  state: 'ready' | 'not-ready' | 'draining' | 'unknown';
  /** Why it is in that state, when there is something to say. */
  reason?: string;
  /** Whether it may be sent work. */
  ready: boolean;
  /** Always true: what is not there is not listed. */
  provisioned: boolean;
  /** Share of traffic, 0 to 100. */
  weight: number;
  /** Failure domain. */
  zone?: string;
  /** Revision of its last change. */
  revision: number;
  addresses: LiveAddressesDocument;
  /** Port numbers by name. */
  ports: Record<string, number>;
  /** `host:port` of its port `vnc`, if it has one. */
  vncUrl?: string;
  /** Where it says how it is, if it has a port for that. */
  healthUrl?: string;
  /** The URL of its port `stream`, if it has one. */
  streamUrl?: string;
  health: LiveHealthDocument;
  quality?: QualityDocument;
  /** Its labels, with `podName`, `nodeName` and `startTime` where they are known. */
  metadata: Record<string, string>;
  kubernetes?: LiveKubernetesDocument;
}

/** A service, live. */
export interface LiveInstancesDocument {
  /** How it is found: `registry`, `kubernetes-endpointslices`, `kubernetes-endpoints`, `kubernetes-pods`, `static`, `static-fallback`, or the scheme of its target. */
  discoveryMode: string;
  /** The same. */
  mode: string;
  /** The service. */
  serviceName: string;
  /** Its namespace, where the system it is from has such. */
  namespace?: string;
  /** Revision of its last change. */
  revision: number;
  /** `live`, `stale` or `static-fallback`. */
  freshness: 'live' | 'stale' | 'static-fallback';
  /** Why it is not live; null when it is. */
  reason?: string;
  /** When its source last said so (UTC); null for one that is registered here. */
  observedAt?: string;
  /** When anything here last changed (UTC). */
  lastUpdate: string;
  /** In the order of their names' file, then of id. */
  instances: LiveInstanceDocument[];
  summary: LiveSummaryDocument;
  stats: LiveSummaryDocument;
}

/** What a cluster says of an instance. */
export interface LiveKubernetesDocument {
  /** Its namespace. */
  namespace?: string;
  /** The machine it runs on. */
  nodeName?: string;
  targetRef?: TargetRefDocument;
}

/** How many instances a service has. */
export interface LiveSummaryDocument {
  /** In any state. */
  total: number;
  /** That may be sent work. */
  ready: number;
  /** That may not. */
  notReady: number;
  /** Ready ones of a low score. */
  degraded: number;
  /** When anything last changed (UTC). */
  lastUpdate: string;
}

/** Where an imported service comes from, and how much of it can be trusted. */
export interface OriginDocument {
  /** The target, such as `k8s:///shop/orders`. */
  target: string;
  /** How it is found: `kubernetes-endpointslices`, `kubernetes-endpoints`, `kubernetes-pods`, `static`, `static-fallback`, or the target's scheme. */
  mode: string;
  /** `live`, `stale` or `static-fallback`. */
  freshness: 'live' | 'stale' | 'static-fallback';
  /** Why it is not live; null when it is. */
  reason?: string;
  /** When its source last said so (UTC); null before its first answer. */
  observedAt?: string;
  /** Some of those that could not be imported, each with the reason; null when all could. */
  rejected?: string[];
}

/** An error as RFC 9457 problem details. */
export interface ProblemDocument {
  /** Stable name of the kind of problem, such as `urn:rollcall:problem:invalid-request`. */
  type?: string;
  /** The kind of problem in words. */
  title?: string;
  /** HTTP status. */
  status: number;
  /** What was wrong, on what, and what to do. */
  detail?: string;
  /** Each field that was refused and why. */
  errors?: Record<string, string>;
}

/** How well an instance serves, as it says itself. What it does not say is null. */
export interface QualityDocument {
  /** Pictures a second. */
  frameRate?: number;
  /** Pictures a second that it should have. */
  targetFrameRate?: number;
  /** Milliseconds. */
  latencyMs?: number;
  /** 0 to 100. */
  packetLossPercent?: number;
  /** Kilobits a second. */
  bandwidthKbps?: number;
  /** How many watch it. */
  viewers?: number;
}

/** The quality of one instance. */
export interface QualityMetricsDocument {
  /** Its id. */
  instanceId: string;
  /** Whether it is ready. */
  available: boolean;
  quality?: QualityDocument;
  /** When it was asked (UTC). */
  checkedAt?: string;
}

/** The quality of all instances together: means over those that say something. */
export interface QualitySummaryDocument {
  /** Instances. */
  total: number;
  /** Those that are ready. */
  available: number;
  /** Their share, 0 to 100. */
  availability: number;
  average: QualityDocument;
}

/** How many instances of a service are ready. */
export interface ReadyCountDocument {
  /** Those that may be sent new work. */
  ready: number;
}

/** What came of looking again. */
export interface RefreshDocument {
  /** In words. */
  message: string;
  /** How many there are. */
  instanceCount: number;
  /** All of them. */
  instances: LiveInstanceDocument[];
}

/** Body of a registration. */
export interface RegistrationDocument {
  /** Host or IP address, without a port. */
  address?: string;
  /** Port numbers by name; at least one. */
  ports?: Record<string, number>;
  /** How long the lease lasts without renewal, such as `10s`; 1 s to 24 h. Default 10 s. */
  ttl?: string;
  /** Share of traffic, 0 to 100. Default 100. */
  weight?: number;
  /** Failure domain. */
  zone?: string;
  /** Machine the instance runs on. */
  node?: string;
  /** Labels. */
  metadata?: Record<string, string>;
  /** Checks the node makes. */
  checks?: CheckDocument[];
}

/** An endpoint that a filter took away. */
export interface RemovedDocument {
  /** The endpoint. */
  id: string;
  /** Why. */
  reason: string;
}

/** Body of a renewal of many leases. */
export interface RenewRequestDocument {
  /** Which leases. */
  leases?: LeaseKeyDocument[];
}

/** Answer to a renewal of many leases, in the order asked. */
export interface RenewResponseDocument {
  /** One per lease. */
  results: RenewResultDocument[];
}

/** What became of one renewal. */
export interface RenewResultDocument {
  /** The service. */
  service: string;
  /** The instance. */
  id: string;
  /** `renewed`, `unknown` (register again) or `forbidden` (wrong owner). */
  result: 'renewed' | 'unknown' | 'forbidden';
}

/** How well services are. */
export interface ScoresDocument {
  /** By name. */
  services: ServiceScoresDocument[];
}

/** One service: every instance that passed the query's filters. */
export interface ServiceDocument {
  /** The service's name. */
  service: string;
  /** Revision of the service's last change: the `index` of the next blocking query. 0 when it never existed. */
  revision: number;
  /** Names one life of the node's data; when it differs from before, revisions cannot be compared. */
  epoch: string;
  /** In order of id. */
  instances: InstanceDocument[];
}

/** All services with their counts. */
export interface ServiceListDocument {
  /** The node's revision. */
  revision: number;
  /** In order of name. */
  services: ServiceSummaryDocument[];
}

/** How well the instances of a service are. */
export interface ServiceScoresDocument {
  /** The service. */
  service: string;
  /** The mean of its instances, 0 to 100; absent when it has none. */
  score?: number;
  /** Scores by instance, 0 to 100 each. */
  instances: Record<string, number>;
}

/** One line of the list of services; one whose last instance left stays for as long as history is kept. */
export interface ServiceSummaryDocument {
  /** The service's name. */
  name: string;
  /** Instances in any state. */
  instances: number;
  /** Instances that are ready. */
  ready: number;
  /** Instances that are draining. */
  draining: number;
  /** Instances that are not ready. */
  notReady: number;
  /** Live watchers. */
  watchers: number;
  /** Revision of its last change. */
  revision: number;
  origin?: OriginDocument;
}

/** Everything at one moment: the first event of a stream of changes. */
export interface SnapshotDocument {
  /** Names one life of the node's data. */
  epoch: string;
  /** The node's revision. */
  revision: number;
  /** The services that were asked for and are known. */
  services: ServiceDocument[];
}

/** Body of a status change. */
export interface StatusDocument {
  /** `ready` or `not-ready`. */
  state?: 'ready' | 'not-ready';
  /** Why, for people; at most 256 characters. */
  reason?: string;
}

/** State of the node. */
export interface StatusReportDocument {
  /** Version of the program. */
  version: string;
  /** Names one life of the node's data. */
  epoch: string;
  /** The node's revision. */
  revision: number;
  /** When it started (UTC). */
  started: string;
  /** Services that have instances. */
  services: number;
  /** Instances in any state. */
  instances: number;
  /** Live watchers of all services. */
  watchers: number;
  journal: JournalStatusDocument;
  guard: GuardStatusDocument;
  /** Whether a gateway runs beside the node. */
  gateway: boolean;
  /** Where pages find a picture of an instance: the address of a WebSocket, or a path, with `{id}` for the instance; absent unless it is set. */
  viewer?: string;
  /** Resident memory, in bytes. */
  residentBytes: number;
}

/** An object of a cluster. */
export interface TargetRefDocument {
  /** What it is, such as `Pod`. */
  kind: string;
  /** Its namespace. */
  namespace: string;
  /** Its name. */
  name: string;
}

/** One watcher of a service. */
export interface WatcherDocument {
  /** The name it gave, else one made of its address. */
  id: string;
  /** `poll` (blocking queries) or `stream` (server-sent events). */
  kind: 'poll' | 'stream';
  /** The revision it has applied (poll) or been sent (stream). */
  applied: number;
  /** Its address. */
  remote?: string;
  /** When it began to watch (UTC). */
  since: string;
  /** When it was last heard of (UTC). */
  lastSeen: string;
}

/** Who watches a service. */
export interface WatchersDocument {
  /** The service. */
  service: string;
  /** The service's revision. */
  revision: number;
  /** In order of id. */
  watchers: WatcherDocument[];
}

/** Answer to a write: which revision it became. */
export interface WriteDocument {
  /** The service. */
  service: string;
  /** The instance. */
  id: string;
  /** The node's revision after the write. */
  revision: number;
  lease?: LeaseDocument;
}
