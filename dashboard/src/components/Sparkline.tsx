import { memo } from 'react';
import type { Step } from '../model/series';

const [width, height] = [112, 24];

/** Instances over a span: the line is all of them, the area those that were ready. */
export const Sparkline = memo(function Sparkline({ samples }: { samples: readonly Step[] }) {
  const most = Math.max(1, ...samples.map((sample) => sample.total));
  const first = samples[0];
  const last = samples[samples.length - 1];
  const label = first && last ? `Instances lately: from ${first.total} to ${last.total}, ${last.ready} ready` : 'No history';
  const y = (value: number) => (height - 2 - (value / most) * (height - 4)).toFixed(1);
  const x = (index: number) => ((index * width) / samples.length).toFixed(1);
  const line = (pick: (step: Step) => number) => samples.map((sample, index) => `${index === 0 ? `M0 ${y(pick(sample))}` : `V${y(pick(sample))}`}H${x(index + 1)}`).join('');
  return (
    <svg className="sparkline" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {samples.length > 0 && (
        <>
          <path className="spark-area" d={`${line((step) => step.ready)}V${height}H0Z`} />
          <path className="spark-ready" d={line((step) => step.ready)} />
          <path className="spark-total" d={line((step) => step.total)} />
        </>
      )}
    </svg>
  );
});
