// The documents of the node's HTTP API by the names they have here. Their fields are in schema.ts, which is made from the node's OpenAPI document.
import type { ChangeDocument, GatewayInstanceDocument, InstanceDocument, OriginDocument } from './schema';

export type {
  CandidateDocument as Candidate,
  ChangeDocument as Change,
  DiscoveryInfoDocument as DiscoveryInfo,
  DrainDocument as DrainResult,
  DrainPreviewDocument as DrainPreview,
  ExplanationDocument as Explanation,
  FilterStepDocument as FilterStep,
  FindingDocument as Finding,
  FindingsDocument as Findings,
  GatewayClusterDocument as GatewayCluster,
  GatewayDocument as Gateway,
  GatewayInstanceDocument as GatewayInstance,
  GatewayRouteDocument as GatewayRoute,
  GatewayTrafficDocument as Traffic,
  GatewayVersionDocument as GatewayVersion,
  HealthPartDocument as HealthPart,
  HistoryDocument as History,
  InstanceDocument as Instance,
  LiveInstanceDocument as LiveInstance,
  LiveInstancesDocument as LiveDocument,
  OriginDocument as Origin,
  ProblemDocument,
  ScoresDocument as Scores,
  ServiceDocument,
  ServiceListDocument as ServiceList,
  ServiceSummaryDocument as ServiceSummary,
  SnapshotDocument as Snapshot,
  StatusReportDocument as NodeStatus,
  WatcherDocument as Watcher,
  WatchersDocument as Watchers,
  WriteDocument as WriteResult,
} from './schema';

export type InstanceState = InstanceDocument['state'];
export type ChangeKind = ChangeDocument['kind'];
export type Freshness = OriginDocument['freshness'];
export type GatewayInstanceState = GatewayInstanceDocument['state'];
