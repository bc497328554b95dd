import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isNotFound, node } from '../../api/client';
import { Sparkline } from '../../components/Sparkline';
import { useCapabilities } from '../../live/capabilities';
import { serviceScore } from '../../model/cards';
import type { ServiceRow } from '../../model/rows';
import { sample, stepsOf } from '../../model/series';

export function ServiceSparkline({ row, from, now }: { row: ServiceRow; from: number; now: number }) {
  const samples = useMemo(() => sample(stepsOf(row.service.instances.values(), row.changes, from), from, now, 56), [row.service, row.changes, from, now]);
  return <Sparkline samples={samples} />;
}

/** The score of a service, asked for while its row is in sight. */
export function useServiceScore(service: string): number | undefined {
  const capabilities = useCapabilities();
  const { data } = useQuery({
    enabled: capabilities.live,
    queryKey: ['live', service],
    queryFn: async ({ signal }) => {
      try {
        return await node.live(service, signal);
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },
    staleTime: 15_000,
    refetchInterval: (query) => (query.state.data ? 15_000 : false),
    retry: false,
  });
  return serviceScore(data ?? undefined);
}

export function OriginTag({ row }: { row: ServiceRow }) {
  return (
    <span className="tag" data-tone={row.originFreshness === undefined || row.originFreshness === 'live' ? undefined : 'warn'}>
      {row.origin}
      {row.originFreshness !== undefined && row.originFreshness !== 'live' && ` · ${row.originFreshness}`}
    </span>
  );
}
