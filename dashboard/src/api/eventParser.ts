/** One event of a stream. */
export interface ServerEvent {
  type: string;
  data: string;
  id: string | undefined;
}

/** Server-sent events out of pieces of text, however they are cut (WHATWG HTML, section 9.2.6). */
export class EventParser {
  private rest = '';
  private type = '';
  private data: string[] = [];
  private id: string | undefined;

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    const text = this.rest + piece;
    const events: ServerEvent[] = [];
    let start = 0;
    // What is left of before has been searched already: a snapshot is one line of megabytes.
    let search = this.rest.length;
    for (;;) {
      const end = text.indexOf('\n', search);
      if (end < 0) break;
      const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
      start = search = end + 1;
      const event = this.line(line);
      if (event) events.push(event);
    }
    this.rest = text.slice(start);
    return events;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return undefined;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    return undefined;
  }

  private dispatch(): ServerEvent | undefined {
    const event = this.data.length > 0 ? { type: this.type || 'message', data: this.data.join('\n'), id: this.id } : undefined;
    this.type = '';
    this.data = [];
    return event;
  }
}
