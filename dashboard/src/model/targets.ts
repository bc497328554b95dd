/** The service that a target of this registry names; undefined for other targets. */
export function serviceOfTarget(target: string): string | undefined {
  return /^rollcall:\/\/[^/]*\/([a-z0-9-]+)(?:[:?#].*)?$/.exec(target)?.[1];
}
