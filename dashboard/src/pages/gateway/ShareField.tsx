import { useId } from 'react';

interface Props {
  version: string;
  cluster: string;
  percent: number;
  /** What is being typed; undefined while nothing is. */
  text: string | undefined;
  onChange: (text: string) => void;
}

/** The share of one version, to be drawn or typed. */
export function ShareField({ version, cluster, percent, text, onChange }: Props) {
  const id = useId();
  return (
    <div className="share-field">
      <label htmlFor={id} className="clip">
        {version} <span className="faint">→ {cluster}</span>
      </label>
      <input type="range" min={0} max={100} step={1} value={percent} aria-label={`Share of ${version}, to be drawn`} aria-valuetext={`${percent} %`} onChange={(event) => onChange(event.target.value)} />
      <span className="percent">
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={text ?? String(percent)}
          aria-label={`Share of ${version}, in percent`}
          onChange={(event) => onChange(event.target.value)}
        />
        %
      </span>
    </div>
  );
}
