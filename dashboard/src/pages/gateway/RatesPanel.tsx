import { lazy, useEffect, useState } from 'react';
import type { Gateway } from '../../api/documents';
import { Panel } from '../../components/basics';
import { Part } from '../../components/Part';
import { emptyRecording, record } from '../../model/traffic';

const Chart = lazy(() => import('../../components/Chart').then((module) => ({ default: module.Chart })));

const spanSeconds = 300;
const tones = ['a', 'b', 'c', 'd'];

/** Requests a second since this page was opened: the busiest routes, and what failed. */
export function RatesPanel({ gateway, at }: { gateway: Gateway; at: number }) {
  const [recording, setRecording] = useState(emptyRecording);
  useEffect(() => {
    const figures = new Map<string, number>();
    let failed = 0;
    for (const route of gateway.routes) {
      figures.set(route.name, route.versions.reduce((sum, version) => sum + version.traffic.rate1s, 0));
      failed += route.versions.reduce((sum, version) => sum + version.traffic.failureRate1m, 0);
    }
    figures.set(failedName, failed);
    setRecording((before) => record(before, at / 1000, figures, spanSeconds));
  }, [gateway, at]);
  const sum = (values: readonly (number | null)[] | undefined) => (values ?? []).reduce<number>((total, value) => total + (value ?? 0), 0);
  const busiest = [...recording.values.keys()]
    .filter((name) => name !== failedName)
    .sort((a, b) => sum(recording.values.get(b)) - sum(recording.values.get(a)) || (a < b ? -1 : 1))
    .slice(0, tones.length)
    .sort();
  const series = [
    ...busiest.map((name, index) => ({ label: name, tone: tones[index]!, values: recording.values.get(name)! })),
    { label: 'failed, mean of a minute', tone: 'error', values: recording.values.get(failedName) ?? [] },
  ];
  const now = recording.times[recording.times.length - 1] ?? Date.now() / 1000;
  return (
    <Panel title="Requests a second" aside="since the page was opened">
      <Part fallback={<div className="chart-space" />}>
        <Chart label={`Requests a second of ${busiest.join(', ') || 'no route'}`} times={recording.times} series={series} from={now - Math.max(60, Math.min(spanSeconds, now - (recording.times[0] ?? now)))} to={now} height={130} />
      </Part>
    </Panel>
  );
}

// No route can be called that: names of routes are labels.
const failedName = ' failed';
