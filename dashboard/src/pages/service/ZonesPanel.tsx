import { useMemo } from 'react';
import type { Instance } from '../../api/documents';
import { Panel } from '../../components/basics';
import { formatPercent } from '../../model/format';
import { zoneBalance } from '../../model/zones';

export function ZonesPanel({ instances }: { instances: readonly Instance[] }) {
  const balance = useMemo(() => zoneBalance(instances), [instances]);
  if (balance.zones.length === 0 || (balance.zones.length === 1 && balance.zones[0]!.zone === '')) return null;
  const verdict = balance.empty.length > 0 ? `nobody ready in ${balance.empty.map((zone) => zone || 'no zone').join(', ')}` : balance.skew <= 1.2 ? 'even' : `fullest ${balance.skew.toFixed(1)} × an even share`;
  return (
    <Panel title="Zones" aside={verdict}>
      <ul className="zone-list">
        {balance.zones.map((zone) => (
          <li key={zone.zone}>
            <span>{zone.zone || <span className="faint">no zone</span>}</span>
            <span className="meter" role="img" aria-label={`${formatPercent(zone.share)} of the ready weight`}>
              <span data-tone={zone.ready === 0 ? 'poor' : 'plain'} style={{ width: `${zone.share * 100}%` }} />
            </span>
            <span>{formatPercent(zone.share)}</span>
            <span className="faint">
              {zone.ready}/{zone.total} ready
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
