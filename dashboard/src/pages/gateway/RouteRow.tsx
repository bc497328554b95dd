import type { GatewayRoute, Traffic } from '../../api/documents';
import { Age } from '../../components/basics';
import { Icon } from '../../components/Icon';
import { formatNumber, formatPercent } from '../../model/format';

// What `default` of a routes file becomes.
const everythingElse = '/{**rest}';

/** A route, its versions and what became of the requests of each. */
export function RouteRow({ route, now, onShift }: { route: GatewayRoute; now: number; onShift: () => void }) {
  return (
    <li className="route">
      <div className="route-head">
        <h3>{route.name}</h3>
        <code>
          {route.hosts.join(', ')}
          {route.path === everythingElse ? 'everything else' : (route.path ?? (route.hosts.length === 0 ? 'everything' : ''))}
        </code>
        {route.affinity && <span className="tag">affinity {route.affinity}</span>}
        {route.sessions && <span className="tag" title={`Cookie ${route.sessions.cookie}`}>{formatNumber(route.sessions.kept)} kept, {formatNumber(route.sessions.moved)} moved</span>}
        {route.mirror && <span className="tag">mirrors {formatNumber(route.mirror.percent)} % to {route.mirror.cluster}, {formatNumber(route.mirror.failed)} failed</span>}
        {route.shiftedAt && <span className="tag" data-tone="warn">shifted <Age at={Date.parse(route.shiftedAt)} now={now} suffix /></span>}
        {route.limited > 0 && <span className="tag" data-tone="warn">{formatNumber(route.limited)} over the rate</span>}
        {route.shed > 0 && <span className="tag" data-tone="warn">{formatNumber(route.shed)} shed</span>}
        {route.versions.length > 1 && (
          <button type="button" className="button small end" onClick={onShift} aria-label={`Shift the shares of ${route.name}`}>
            <Icon name="shift" size={13} /> Shift
          </button>
        )}
      </div>
      <ul className="versions">
        {route.versions.map((version) => (
          <li key={version.version}>
            <span className="version-name">
              {version.version === 'all' ? '' : version.version} <span className="faint">→ {version.cluster}</span>
            </span>
            <span className="split-share">
              <span className="meter" role="img" aria-label={`${formatNumber(version.percent)} % of the requests`}>
                <span style={{ width: `${version.percent}%` }} />
              </span>
              {formatNumber(version.percent)} %
            </span>
            <TrafficFigures traffic={version.traffic} />
          </li>
        ))}
      </ul>
    </li>
  );
}

/** Rates and latencies in a line. */
export function TrafficFigures({ traffic }: { traffic: Traffic }) {
  const failing = traffic.rate1m > 0 ? traffic.failureRate1m / traffic.rate1m : 0;
  return (
    <span className="traffic">
      <span title="Requests a second over ten seconds">
        <b>{formatNumber(traffic.rate10s)}</b> <span className="faint">/s</span>
      </span>
      <span data-tone={failing > 0.01 ? 'error' : undefined} title="Failed in the last minute">
        <b>{formatPercent(failing)}</b> <span className="faint">failed</span>
      </span>
      <span title="Milliseconds until the head of the answer: half, and 99 in 100, took no longer">
        <span className="faint">p50</span> <b>{traffic.p50Ms === undefined ? '–' : formatNumber(traffic.p50Ms)}</b> <span className="faint">p99</span> <b>{traffic.p99Ms === undefined ? '–' : formatNumber(traffic.p99Ms)}</b> <span className="faint">ms</span>
      </span>
      <span title="Under way">
        <b>{traffic.inFlight}</b> <span className="faint">now</span>
      </span>
    </span>
  );
}
