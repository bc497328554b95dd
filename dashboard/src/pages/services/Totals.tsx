import { useMemo } from 'react';
import { Link } from '../../live/router';
import type { CatalogState } from '../../model/catalog';
import { formatNumber } from '../../model/format';

/** The whole registry in a line. */
export function Totals({ catalog }: { catalog: CatalogState }) {
  const sums = useMemo(() => {
    const sum = { services: 0, total: 0, ready: 0, notReady: 0, draining: 0 };
    for (const { counts } of catalog.services.values()) {
      sum.services++;
      sum.total += counts.total;
      sum.ready += counts.ready;
      sum.notReady += counts.notReady;
      sum.draining += counts.draining;
    }
    return sum;
  }, [catalog]);
  return (
    <dl className="totals">
      <Total label="services" value={sums.services} />
      <Total label="instances" value={sums.total} />
      <Total label="ready" value={sums.ready} status="ready" />
      <Total label="booting" value={sums.notReady} status="booting" search="state:booting" />
      <Total label="draining" value={sums.draining} status="draining" search="state:draining" />
    </dl>
  );
}

function Total({ label, value, status, search }: { label: string; value: number; status?: string; search?: string }) {
  const text = formatNumber(value);
  return (
    <div className="total" data-status={value > 0 ? status : undefined}>
      <dt>{label}</dt>
      <dd>{search && value > 0 ? <Link to={{ name: 'services' }} parameters={{ q: search, view: 'instances' }}>{text}</Link> : text}</dd>
    </div>
  );
}
