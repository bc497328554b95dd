import { useQuery } from '@tanstack/react-query';
import { node } from '../api/client';
import { type ServiceScores, scoresOf } from '../model/scores';

const intervalMs = 10_000;
// The first question has instances asked how they are; what they say is in the next answer.
const firstIntervalMs = 2_000;

/** The scores of every service and instance; without those of services that came since they were last asked for. */
export function useScores(): ReadonlyMap<string, ServiceScores> {
  const { data } = useQuery({
    queryKey: ['scores'],
    queryFn: ({ signal }) => node.scores(signal),
    refetchInterval: (query) => (query.state.dataUpdateCount < 2 ? firstIntervalMs : intervalMs),
    select: scoresOf,
  });
  return data ?? none;
}

const none: ReadonlyMap<string, ServiceScores> = new Map();
