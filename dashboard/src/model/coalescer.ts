/** Collects what comes and hands it on at once at first, then at most once in an interval: ten frames a second are enough for eyes. */
export class Coalescer<T> {
  private waiting: T[] = [];
  private last = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly deliver: (batch: T[]) => void,
    private readonly intervalMs = 100,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(items: readonly T[]): void {
    for (const item of items) this.waiting.push(item);
    if (this.timer !== undefined || this.waiting.length === 0) return;
    const wait = this.last + this.intervalMs - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Hands on now what waits, if anything does. */
  drain(): void {
    if (this.waiting.length > 0) this.flush();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = this.now();
    const batch = this.waiting;
    this.waiting = [];
    this.deliver(batch);
  }
}
