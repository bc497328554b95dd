import { describe, expect, it } from 'vitest';
import { matches, matchesServiceName, parseSearch, type Subject, toggleTerm } from '../../src/model/search';
import { instance } from '../samples';

const subject: Subject = {
  service: 'orders',
  status: 'booting',
  score: 87,
  origin: undefined,
  instance: instance('orders-1', {
    address: '10.0.0.7',
    zone: 'eu-1a',
    node: 'm7',
    state: 'not-ready',
    reason: 'warming up',
    weight: 50,
    metadata: { 'app.kubernetes.io/version': 'v2', team: 'Core Team', release: '2026.1' },
  }),
};
const found = (text: string) => matches(parseSearch(text), subject);

describe('search', () => {
  it.each([
    ['', true],
    ['orders', true],
    ['ORDERS-1 warming', true],
    ['orders billing', false],
    ['-billing', true],
    ['-orders', false],
    ['zone:eu-1a', true],
    ['zone:eu-1', false],
    ['zone:eu-*', true],
    ['zone:*1a', true],
    ['zone:*b', false],
    ['zone:eu-1b,eu-1a', true],
    ['-zone:eu-1a', false],
    ['zone:', true],
    ['state:booting', true],
    ['state:not-ready', true],
    ['state:ready', false],
    ['version:v2', true],
    ['app.kubernetes.io/version:v2', true],
    ['version:v1', false],
    ['team:"core team"', true],
    ['team:core', false],
    ['"core team"', true],
    ['"team core"', false],
    ['score:>80', true],
    ['score:>=87', true],
    ['score:<87', false],
    ['score:<70', false],
    ['score:87', true],
    ['score:80..90', true],
    ['score:87..87', true],
    ['score:88..90', false],
    ['score:80..86.5', false],
    ['score:90..80', false],
    ['-score:80..90', false],
    ['score:<10,80..90', true],
    ['weight:0..49', false],
    ['zone:1..2', false],
    ['score:..90', false],
    ['weight:50', true],
    ['weight:<=49', false],
    ['zone:>1', false],
    ['port:http', true],
    ['port:8080', true],
    ['10.0.0.7', true],
    ['origin:registered', true],
    ['origin:static', false],
    ['nothing:x', false],
    ['-nothing:x', true],
    ['-', true],
  ])('%s → %s', (text, expected) => {
    expect(found(text)).toBe(expected);
  });

  it('leaves an address with a port a word', () => {
    expect(parseSearch('10.0.0.7:8080 ::1')).toEqual([
      { field: undefined, values: ['10.0.0.7:8080'], negated: false },
      { field: undefined, values: ['::1'], negated: false },
    ]);
  });

  it('finds services that have no instances by their names only', () => {
    expect(matchesServiceName(parseSearch('ord'), 'orders')).toBe(true);
    expect(matchesServiceName(parseSearch('service:ord*'), 'orders')).toBe(true);
    expect(matchesServiceName(parseSearch('ord zone:a'), 'orders')).toBe(false);
  });

  it('adds a term and takes it away again', () => {
    const added = toggleTerm('orders', 'team', 'Core Team');
    expect(added).toBe('orders team:"Core Team"');
    expect(toggleTerm(added, 'team', 'Core Team')).toBe('orders');
  });
});
