import { describe, expect, it } from 'vitest';
import { applyEvents, emptyCatalog } from '../../src/model/catalog';
import { instanceRows, serviceRows } from '../../src/model/rows';
import { scoresOf } from '../../src/model/scores';
import { parseSearch } from '../../src/model/search';
import { instance, service, start } from '../samples';

const catalog = applyEvents(
  emptyCatalog,
  [
    {
      type: 'snapshot',
      snapshot: {
        epoch: 'e',
        revision: 4,
        services: [service('orders', [instance('orders-1'), instance('orders-2'), instance('orders-3', { state: 'draining' })]), service('billing', [instance('billing-1')])],
      },
    },
  ],
  start,
);
const scores = scoresOf({
  services: [
    { service: 'orders', score: 71, instances: { 'orders-1': 100, 'orders-2': 62, 'orders-3': 50 } },
    { service: 'billing', instances: {} },
  ],
});
const services = (search: string) => serviceRows(catalog, new Map(), scores, parseSearch(search), new Map());
const instances = (search: string) => instanceRows(catalog, new Map(), scores, parseSearch(search)).map((row) => row.instance.id);

describe('rows', () => {
  it('have the score of their service, and none where nothing is known', () => {
    expect(services('').map((row) => [row.name, row.score])).toEqual([
      ['billing', undefined],
      ['orders', 71],
    ]);
  });

  it('are found by the scores of instances, those without one by none', () => {
    expect(instances('score:<70')).toEqual(['orders-2', 'orders-3']);
    expect(instances('score:60..70')).toEqual(['orders-2']);
    expect(instances('score:>=0')).toEqual(['orders-1', 'orders-2', 'orders-3']);
    expect(services('score:<70').map((row) => [row.name, row.counts.total])).toEqual([['orders', 2]]);
  });

  it('call an instance degraded that is ready and of a low score', () => {
    expect(instances('state:degraded')).toEqual(['orders-2']);
    expect(instances('state:ready')).toEqual(['billing-1', 'orders-1', 'orders-2']);
    expect(instanceRows(catalog, new Map(), scores, []).map((row) => row.status)).toEqual(['ready', 'ready', 'degraded', 'draining']);
  });
});
