import { useMemo } from 'react';
import { Sparkline } from '../../components/Sparkline';
import type { ServiceRow } from '../../model/rows';
import { sample, stepsOf } from '../../model/series';

export function ServiceSparkline({ row, from, now }: { row: ServiceRow; from: number; now: number }) {
  const samples = useMemo(() => sample(stepsOf(row.service.instances.values(), row.changes, from), from, now, 56), [row.service, row.changes, from, now]);
  return <Sparkline samples={samples} />;
}

export function OriginTag({ row }: { row: ServiceRow }) {
  return (
    <span className="tag" data-tone={row.originFreshness === undefined || row.originFreshness === 'live' ? undefined : 'warn'}>
      {row.origin}
      {row.originFreshness !== undefined && row.originFreshness !== 'live' && ` · ${row.originFreshness}`}
    </span>
  );
}
