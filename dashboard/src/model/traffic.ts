/** The last values of some figures, by name, at equal times: what a chart of something that is polled shows. */
export interface Recording {
  /** Seconds since 1970, oldest first. */
  readonly times: readonly number[];
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
}

export const emptyRecording: Recording = { times: [], values: new Map() };

/** Adds a moment and forgets what is older than the span. Names that come late have no values before. */
export function record(recording: Recording, at: number, figures: ReadonlyMap<string, number>, spanSeconds: number): Recording {
  const drop = recording.times.filter((time) => time < at - spanSeconds).length;
  const times = [...recording.times.slice(drop), at];
  const names = new Set([...recording.values.keys(), ...figures.keys()]);
  const values = new Map<string, readonly (number | null)[]>();
  for (const name of names) {
    const before = recording.values.get(name)?.slice(drop) ?? new Array<null>(times.length - 1).fill(null);
    const next = [...before, figures.get(name) ?? null];
    if (next.some((value) => value !== null)) values.set(name, next);
  }
  return { times, values };
}
