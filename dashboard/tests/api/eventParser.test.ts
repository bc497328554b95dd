import { describe, expect, it } from 'vitest';
import { EventParser } from '../../src/api/eventParser';

const stream = ': hello\r\n\nevent: snapshot\nid: e:1\ndata: {"a":\ndata:1}\n\n: still here\n\ndata: plain\n\nevent: empty\n\nevent: change\nid: e:2\ndata: x\n\n';

const expected = [
  { type: 'snapshot', data: '{"a":\n1}', id: 'e:1' },
  { type: 'message', data: 'plain', id: 'e:1' },
  { type: 'change', data: 'x', id: 'e:2' },
];

describe('EventParser', () => {
  it('reads events whatever pieces they come in', () => {
    for (let size = 1; size <= stream.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < stream.length; at += size) events.push(...parser.push(stream.slice(at, at + size)));
      expect(events, `pieces of ${size}`).toEqual(expected);
    }
  });

  it('tells nothing of an event that is not complete', () => {
    expect(new EventParser().push('event: change\ndata: x\n')).toEqual([]);
  });
});
