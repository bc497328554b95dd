import type { Scores } from '../api/documents';

/** How well the instances of one service are. */
export interface ServiceScores {
  /** The mean of its instances. */
  readonly score: number | undefined;
  readonly instances: Readonly<Record<string, number>>;
}

/** Below it a ready instance is `degraded`, as the node has it. */
export const degradedBelow = 70;

export function scoresOf(document: Scores | undefined): ReadonlyMap<string, ServiceScores> {
  return new Map((document?.services ?? []).map(({ service, score, instances }) => [service, { score, instances }]));
}
