import { Panel } from '../../components/basics';
import { Link } from '../../live/router';
import { formatNumber, formatPercent, plural } from '../../model/format';
import type { GraphEdge } from '../../model/topology';

/** The same as the picture, in words. */
export function CallTable({ edges }: { edges: readonly GraphEdge[] }) {
  return (
    <Panel title="Calls" aside={plural(edges.length, 'edge')}>
      <table className="calls">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">What is known</th>
            <th scope="col">Avoided</th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={edge.id} data-troubled={isTroubled(edge) || undefined}>
              <td>
                <NodeName id={edge.from} />
              </td>
              <td>
                <NodeName id={edge.to} />
              </td>
              <td>{edge.traffic ? edgeText(edge) : plural(edge.callers, 'caller')}</td>
              <td>{edge.findings.map((finding) => `${finding.caller} avoids ${finding.instance}: ${finding.reason}`).join(', ') || <span className="faint">nobody</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function NodeName({ id }: { id: string }) {
  const [kind, name] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  return kind === 'service' ? <Link to={{ name: 'service', service: name }}>{name}</Link> : <>{name || kind}</>;
}

export function edgeText(edge: GraphEdge): string {
  const { traffic } = edge;
  if (traffic) {
    const latency = traffic.p99Ms === undefined ? '' : ` · p99 ${formatNumber(traffic.p99Ms)} ms`;
    return `${formatNumber(traffic.rate)}/s${traffic.failed > 0 ? ` · ${formatPercent(traffic.failed)} failed` : ''}${latency}`;
  }
  const avoided = new Set(edge.findings.map((finding) => finding.instance)).size;
  return avoided > 0 ? `${edge.callers}, avoid ${avoided}` : String(edge.callers);
}

export function isTroubled(edge: GraphEdge): boolean {
  return edge.findings.length > 0 || (edge.traffic?.failed ?? 0) > 0.01;
}
