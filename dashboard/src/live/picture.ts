import RFB from '@novnc/novnc';
import { retryDelayMs } from '../model/connection';

/** Whether a picture is there; `lost` is tried again by itself. */
export type PicturePhase = 'connecting' | 'shown' | 'lost';

/** A picture of an instance in an element, live, to be looked at only. Owns its connection: `stop` ends it, and nothing is open while nobody looks at the page. */
export class Picture {
  private connection: RFB | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly url: string,
    private readonly onPhase: (phase: PicturePhase) => void,
  ) {}

  start(): void {
    document.addEventListener('visibilitychange', this.onVisibility);
    this.onVisibility();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.end();
  }

  private readonly onVisibility = () => {
    this.end();
    if (!document.hidden) this.connect();
  };

  private connect(): void {
    this.onPhase('connecting');
    const connection = new RFB(this.element, this.url);
    this.connection = connection;
    connection.viewOnly = true;
    connection.scaleViewport = true;
    connection.focusOnClick = false;
    connection.background = 'transparent';
    connection.addEventListener('connect', () => {
      this.failures = 0;
      this.onPhase('shown');
    });
    // Also for one that never came about.
    connection.addEventListener('disconnect', () => {
      if (this.connection !== connection) return;
      this.connection = undefined;
      this.onPhase('lost');
      this.retry = setTimeout(() => this.connect(), retryDelayMs(this.failures++, Math.random()));
    });
  }

  private end(): void {
    clearTimeout(this.retry);
    const connection = this.connection;
    this.connection = undefined;
    connection?.disconnect();
  }
}
