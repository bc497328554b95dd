import { problemOf } from './client';
import { EventParser, type ServerEvent } from './eventParser';

/** The node sends a comment every 15 s; a stream this quiet is dead, whatever the socket says. */
export const silenceLimitMs = 40_000;

export interface StreamRequest {
  url: string;
  /** The name the node lists this watcher by. */
  watcher: string;
  lastEventId: string | undefined;
  signal: AbortSignal;
  onOpen: () => void;
  onEvents: (events: ServerEvent[]) => void;
}

/**
 * Reads server-sent events until the stream ends or the signal is aborted; returns on both, throws on failure. Made of fetch, since an
 * EventSource can neither give itself a name nor tell why it was refused.
 */
export async function readEvents(request: StreamRequest): Promise<void> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error(`The node has sent nothing for ${silenceLimitMs / 1000} s.`)), silenceLimitMs);
  };
  heard();
  try {
    const response = await fetch(request.url, {
      headers: {
        Accept: 'text/event-stream',
        'Rollcall-Watcher': request.watcher,
        ...(request.lastEventId ? { 'Last-Event-ID': request.lastEventId } : {}),
      },
      cache: 'no-store',
      signal: AbortSignal.any([request.signal, silence.signal]),
    });
    if (!response.ok || !response.body) throw problemOf(response.status, await response.json().catch(() => undefined));
    request.onOpen();
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      const events = parser.push(value);
      if (events.length > 0) request.onEvents(events);
    }
  } catch (error) {
    if (request.signal.aborted) return;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
