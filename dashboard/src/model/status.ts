import type { Instance } from '../api/documents';

/** What a card says of an instance. */
export type Status = 'ready' | 'degraded' | 'booting' | 'draining' | 'unknown' | 'gone';

/** The registry's word on the state; health, where it is known, may make a ready instance a degraded one. */
export function statusOf(instance: Pick<Instance, 'state'>, degraded: boolean): Status {
  switch (instance.state) {
    case 'draining':
      return 'draining';
    case 'not-ready':
      return 'booting';
    case 'ready':
      return degraded ? 'degraded' : 'ready';
    default:
      return 'unknown';
  }
}

export const statusWords: Record<Status, string> = {
  ready: 'Serves requests.',
  degraded: 'Ready, and less well than it should be.',
  booting: 'Not ready yet, or not any more; nothing is sent to it.',
  draining: 'Finishes what it has; nothing new is sent to it.',
  unknown: 'Its source does not say how it is.',
  gone: 'It has left the registry.',
};
