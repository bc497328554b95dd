import { vi } from 'vitest';

/** A node whose event streams are opened and written by a test. Put in the place of fetch. */
export class FakeNode {
  /** What each request for a stream said it knows already. */
  readonly resumed: (string | null)[] = [];
  /** What a poll is answered; undefined while nobody answers polls. */
  polled: unknown;
  private isOpen = false;
  private writer: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    vi.stubGlobal('document', { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined });
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => this.answer(url, init));
  }

  /** Sends events on the stream that was opened last. */
  tell(...events: { type: string; id: string; data: unknown }[]): void {
    const text = events.map(({ type, id, data }) => `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`).join('');
    this.writer!.enqueue(new TextEncoder().encode(text));
  }

  /** The same, unless the stream has ended. */
  tryTell(...events: { type: string; id: string; data: unknown }[]): void {
    if (this.isOpen) this.tell(...events);
  }

  hangUp(): void {
    this.isOpen = false;
    this.writer!.close();
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    if (new Headers(init.headers).get('Accept') !== 'text/event-stream') {
      if (this.polled === undefined) throw new TypeError(`Nobody answers ${url}.`);
      return Response.json(this.polled);
    }
    this.resumed.push(new Headers(init.headers).get('Last-Event-ID'));
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        this.writer = writer;
        this.isOpen = true;
        init.signal!.addEventListener('abort', () => {
          if (!this.isOpen || this.writer !== writer) return;
          this.isOpen = false;
          writer.error(init.signal!.reason);
        });
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }
}
