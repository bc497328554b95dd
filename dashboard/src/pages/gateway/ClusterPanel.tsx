import type { GatewayCluster, GatewayInstance } from '../../api/documents';
import { Notice, Panel, StatusBadge } from '../../components/basics';
import { Link } from '../../live/router';
import { formatAge } from '../../model/format';
import type { Status } from '../../model/status';
import { TrafficFigures } from './RouteRow';
import { serviceOfTarget } from '../../model/targets';

const shown = 50;

/** A cluster: its instances, who is avoided and why, and its breaker. */
export function ClusterPanel({ cluster, now }: { cluster: GatewayCluster; now: number }) {
  const service = serviceOfTarget(cluster.target);
  return (
    <Panel
      title={cluster.name}
      aside={
        <>
          {cluster.breaker && (
            <span className="tag" data-tone={cluster.breaker.state === 'open' ? 'error' : cluster.breaker.state === 'half-open' ? 'warn' : 'good'}>
              breaker {cluster.breaker.state}
              {cluster.breaker.until && `, tries in ${formatAge(Date.parse(cluster.breaker.until) - now)}`}
            </span>
          )}{' '}
          {cluster.freshness && cluster.freshness !== 'live' && <span className="tag" data-tone="warn">{cluster.freshness}</span>}{' '}
          {cluster.panicking && <span className="tag" data-tone="error">panic</span>} {cluster.balancer}
        </>
      }
    >
      <p className="target">
        {service ? <Link to={{ name: 'service', service }}>{cluster.target}</Link> : <code>{cluster.target}</code>}
      </p>
      {cluster.problem && <Notice tone="warn">{cluster.problem}</Notice>}
      {cluster.instances.length === 0 ? (
        <p className="faint quiet">It has no instance.</p>
      ) : (
        <ul className="cluster-instances">
          {cluster.instances.slice(0, shown).map((instance) => (
            <ClusterInstance key={instance.id} instance={instance} now={now} />
          ))}
        </ul>
      )}
      {cluster.instances.length > shown && <p className="faint quiet">and {cluster.instances.length - shown} more</p>}
    </Panel>
  );
}

const statuses: Record<string, Status> = { ready: 'ready', 'not-ready': 'booting', draining: 'draining' };

function ClusterInstance({ instance, now }: { instance: GatewayInstance; now: number }) {
  const { avoided } = instance;
  return (
    <li data-avoided={avoided !== undefined || undefined}>
      <span className="clip" title={`${instance.host}:${Object.values(instance.ports)[0] ?? ''}`}>
        {instance.id}
      </span>
      <StatusBadge status={statuses[instance.state] ?? 'unknown'} />
      <TrafficFigures traffic={instance.traffic} />
      {avoided && (
        <span className="avoided">
          <span className="tag" data-tone="error">{avoided.ejected ? 'ejected' : 'avoided'}: {avoided.reason}</span> {avoided.detail}{' '}
          <span className="faint">back in {formatAge(Math.max(1_000, Date.parse(avoided.until) - now))} at the earliest</span>
        </span>
      )}
    </li>
  );
}
