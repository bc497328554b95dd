import { Age, Empty, Notice, Panel } from '../../components/basics';
import { useNow } from '../../live/LiveProvider';
import { useGateway } from '../../live/useGateway';
import { useRouter } from '../../live/router';
import { formatNumber, plural } from '../../model/format';
import { ClusterPanel } from './ClusterPanel';
import { RatesPanel } from './RatesPanel';
import { RouteRow } from './RouteRow';
import { ShiftDialog } from './ShiftDialog';
import './gateway.css';

export default function GatewayPage() {
  const now = useNow();
  const { parameters, setParameters } = useRouter();
  const { gateway: data, at, absent, error } = useGateway(1_000);
  if (absent) {
    return (
      <Empty title="This node runs no gateway" icon="gateway">
        <p>A gateway sends requests from outside to services, by the routes of a file:</p>
        <pre>rollcall serve --gateway http://127.0.0.1:7680 --routes routes.yaml</pre>
      </Empty>
    );
  }
  if (!data) {
    if (!error) return <p className="faint loading">Loading.</p>;
    return (
      <Empty title="The gateway cannot be asked" icon="warning">
        <p>{error.message}</p>
      </Empty>
    );
  }
  const { reload, overload } = data;
  const shifted = data.routes.find((route) => route.name === parameters.get('shift') && route.versions.length > 1);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Gateway</h1>
        <dl className="totals">
          <Fact label="routes" value={formatNumber(data.routes.length)} />
          <Fact label="clusters" value={formatNumber(data.clusters.length)} />
          {overload && <Fact label={`of ${formatNumber(overload.maxConcurrent)} under way`} value={formatNumber(overload.underWay)} />}
          {overload && overload.refused > 0 && <Fact label="refused" value={formatNumber(overload.refused)} />}
        </dl>
        <span className="faint end">
          {data.urls.join(', ')} · routes in force since <Age at={Date.parse(reload.inForceSince)} now={now} suffix />
        </span>
      </div>
      {reload.error && (
        <Notice tone="error">
          The routes file of <Age at={Date.parse(reload.at)} now={now} suffix /> was refused; the one before stays in force. <span className="reload-error">{reload.error}</span>
        </Notice>
      )}
      {data.accessLogDropped !== undefined && data.accessLogDropped > 0 && <Notice tone="warn">The access log is missing {plural(data.accessLogDropped, 'request')}.</Notice>}
      <RatesPanel gateway={data} at={at} />
      <Panel title="Routes">
        <ul className="routes">
          {data.routes.map((route) => (
            <RouteRow key={route.name} route={route} now={now} onShift={() => setParameters({ shift: route.name })} />
          ))}
        </ul>
      </Panel>
      <div className="clusters">
        {data.clusters.map((cluster) => (
          <ClusterPanel key={cluster.name} cluster={cluster} now={now} />
        ))}
      </div>
      {shifted && <ShiftDialog key={shifted.name} route={shifted} clusters={data.clusters} onClose={() => setParameters({ shift: undefined })} />}
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className="total">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
