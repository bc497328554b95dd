import { useMemo } from 'react';
import type { Change, Instance } from '../../api/documents';
import { Chart } from '../../components/Chart';
import { stepsOf } from '../../model/series';

/** How many instances there were and how many of them ready, over a span. */
export default function CountsChart({ instances, changes, from, now }: { instances: readonly Instance[]; changes: readonly Change[]; from: number; now: number }) {
  const { times, values } = useMemo(() => {
    const steps = stepsOf(instances, changes, from);
    const last = steps[steps.length - 1]!;
    const points = [...steps, { ...last, at: now }];
    return {
      times: points.map((point) => point.at / 1000),
      values: [points.map((point) => point.total), points.map((point) => point.ready)],
    };
  }, [instances, changes, from, now]);
  const last = values[0]!.length - 1;
  return (
    <Chart
      label={`Instances lately: now ${values[0]![last]}, of which ${values[1]![last]} ready`}
      times={times}
      series={[
        { label: 'all', tone: 'total', values: values[0]!, stepped: true },
        { label: 'ready', tone: 'ready', values: values[1]!, stepped: true, filled: true },
      ]}
      from={from / 1000}
      to={now / 1000}
      height={120}
      whole
    />
  );
}
