import { useMemo } from 'react';
import type { Change, Instance } from '../../api/documents';
import { Icon } from '../../components/Icon';
import { formatAge, formatTime } from '../../model/format';
import { sample, stepsOf } from '../../model/series';
import { density, neighbour } from '../../model/timeline';

interface Props {
  label: string;
  instances: readonly Instance[];
  changes: readonly Change[];
  from: number;
  to: number;
  /** Undefined: now. */
  at: number | undefined;
  onMove: (at: number | undefined) => void;
}

const [parts, width, height] = [240, 1200, 64];
const stops = 1_000;

/** A span of history with a handle: the shape of the service over it, and where changes were. */
export function Scrubber({ label, instances, changes, from, to, at, onMove }: Props) {
  const steps = useMemo(() => sample(stepsOf(instances, changes, from), from, to, parts), [instances, changes, from, to]);
  const counts = useMemo(() => density(changes, from, to, parts), [changes, from, to]);
  const moment = at ?? to;
  const most = Math.max(1, ...steps.map((step) => step.total));
  const busiest = Math.max(1, ...counts);
  const x = (index: number) => (index * width) / parts;
  const y = (value: number) => height - (value / most) * (height - 6);
  const area = (pick: 'total' | 'ready') => `M0 ${height}${steps.map((step, index) => `V${y(step[pick]).toFixed(1)}H${x(index + 1).toFixed(1)}`).join('')}V${height}Z`;
  const before = neighbour(changes, moment, 'before');
  const after = at === undefined ? undefined : neighbour(changes, moment, 'after');
  const share = to <= from ? 1 : (moment - from) / (to - from);
  return (
    <section className="scrubber" aria-label={label}>
      <div className="scrubber-head">
        <span className="scrubber-moment">{at === undefined ? 'now' : formatTime(at, to)}</span>
        <span className="faint">{at === undefined ? 'follows what happens' : `${formatAge(to - at)} ago`}</span>
        <span className="scrubber-steps">
          <button type="button" className="button" disabled={before === undefined} onClick={() => onMove(before)}>
            Change before
          </button>
          <button type="button" className="button" disabled={after === undefined} onClick={() => onMove(after)}>
            Change after
          </button>
          <button type="button" className="button" disabled={at === undefined} onClick={() => onMove(undefined)}>
            <Icon name="play" size={12} /> Now
          </button>
        </span>
      </div>
      <div className="scrubber-track">
        <svg viewBox={`0 0 ${width} ${height + 18}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="scrub-total" d={area('total')} />
          <path className="scrub-ready" d={area('ready')} />
          {counts.map((count, index) => count > 0 && <rect key={index} className="scrub-change" x={x(index)} width={width / parts - 1} y={height + 18 - 3 - (count / busiest) * 12} height={3 + (count / busiest) * 12} />)}
        </svg>
        <span className="scrubber-line" style={{ left: `${share * 100}%` }} aria-hidden="true" />
        <input
          type="range"
          min={0}
          max={stops}
          value={Math.round(share * stops)}
          aria-label={label}
          aria-valuetext={at === undefined ? 'now' : formatTime(at, to)}
          onChange={(event) => {
            const stop = Number(event.target.value);
            onMove(stop >= stops ? undefined : Math.round(from + ((to - from) * stop) / stops));
          }}
        />
      </div>
      <div className="scrubber-ends">
        <span>{formatTime(from, to)}</span>
        <span>{formatTime(from + (to - from) / 2, to)}</span>
        <span>now</span>
      </div>
    </section>
  );
}
