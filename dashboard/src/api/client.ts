import type { DiscoveryInfo, DrainPreview, DrainResult, Explanation, Findings, Gateway, GatewayRoute, History, LiveDocument, NodeStatus, ProblemDocument, Scores, ServiceDocument, ServiceList, Watchers, WriteResult } from './documents';

/** The node refused: what it said, and the kind of problem it is. */
export class NodeProblem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
  ) {
    super(message);
    this.name = 'NodeProblem';
  }
}

const problemPrefix = 'urn:rollcall:problem:';
const requestLimitMs = 15_000;

/** How a problem is read out of an answer; a body that is no problem document becomes words. */
export function problemOf(status: number, body: unknown): NodeProblem {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as ProblemDocument & { error?: string };
  const kind = problem.type?.startsWith(problemPrefix) ? problem.type.slice(problemPrefix.length) : 'unknown';
  const errors = Object.entries(problem.errors ?? {}).map(([field, wrong]) => `${field}: ${wrong}`);
  const message = [problem.detail ?? problem.error ?? problem.title ?? `The node answered with status ${status}.`, ...errors].join(' ');
  return new NodeProblem(status, kind, message);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof NodeProblem && error.status === 404;
}

interface Request {
  method?: string;
  body?: unknown;
  owner?: string | undefined;
  signal?: AbortSignal | undefined;
  limitMs?: number;
}

async function send<T>(path: string, request: Request = {}): Promise<T> {
  const limit = AbortSignal.timeout(request.limitMs ?? requestLimitMs);
  const init: RequestInit = {
    method: request.method ?? 'GET',
    signal: request.signal ? AbortSignal.any([request.signal, limit]) : limit,
    headers: { Accept: 'application/json', ...(request.owner ? { 'Rollcall-Owner': request.owner } : {}) },
  };
  if (request.body !== undefined) init.body = JSON.stringify(request.body);
  const response = await fetch(path, init);
  const text = await response.text();
  let body: unknown;
  try {
    body = text ? JSON.parse(text) : undefined;
  } catch {
    body = undefined;
  }
  if (!response.ok) throw problemOf(response.status, body);
  if (body === undefined) throw new NodeProblem(response.status, 'unknown', `The node answered ${path} with something that is no JSON.`);
  return body as T;
}

function query(parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.append(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

const serviceOf = (service: string) => `/api/services/${encodeURIComponent(service)}`;
const instanceOf = (service: string, id: string) => `${serviceOf(service)}/instances/${encodeURIComponent(id)}`;

export const node = {
  status: (signal?: AbortSignal) => send<NodeStatus>('/api/status', { signal }),
  services: (signal?: AbortSignal) => send<ServiceList>('/api/services', { signal }),
  service: (service: string, at?: string, signal?: AbortSignal) => send<ServiceDocument>(serviceOf(service) + query({ at }), { signal }),
  watchers: (service: string, signal?: AbortSignal) => send<Watchers>(`${serviceOf(service)}/watchers`, { signal }),
  findings: (service: string, signal?: AbortSignal) => send<Findings>(`${serviceOf(service)}/findings`, { signal }),
  history: (service: string | undefined, since: string, limit: number, signal?: AbortSignal) =>
    send<History>(`/api/history${query({ service, since, limit })}`, { signal }),
  live: (service: string, signal?: AbortSignal) => send<LiveDocument>(`/api/instances/live${query({ service })}`, { signal }),
  discovery: (signal?: AbortSignal) => send<DiscoveryInfo>('/api/instances/discovery-info', { signal }),
  scores: (signal?: AbortSignal) => send<Scores>('/api/scores', { signal }),
  gateway: (signal?: AbortSignal) => send<Gateway>('/api/gateway', { signal }),
  shift: (route: string, shares: Record<string, string>) =>
    send<GatewayRoute>(`/api/gateway/routes/${encodeURIComponent(route)}/shift`, { method: 'POST', body: { shares } }),
  resetShift: (route: string) => send<GatewayRoute>(`/api/gateway/routes/${encodeURIComponent(route)}/shift`, { method: 'DELETE' }),
  explain: (service: string, parameters: Record<string, string | undefined>, signal?: AbortSignal) =>
    send<Explanation>(`${serviceOf(service)}/explain${query(parameters)}`, { signal }),
  previewDrain: (service: string, id: string, signal?: AbortSignal) => send<DrainPreview>(`${instanceOf(service, id)}/drain`, { signal }),
  drain: (service: string, id: string, timeoutSeconds: number, force?: string, owner?: string) =>
    send<DrainResult>(`${instanceOf(service, id)}/drain${query({ timeout: `${timeoutSeconds}s`, force })}`, {
      method: 'POST',
      owner,
      limitMs: (timeoutSeconds + 15) * 1000,
    }),
  setStatus: (service: string, id: string, ready: boolean, reason?: string, owner?: string) =>
    send<WriteResult>(`${instanceOf(service, id)}/status`, {
      method: 'PUT',
      body: ready ? { state: 'ready' } : { state: 'not-ready', ...(reason ? { reason } : {}) },
      owner,
    }),
  deregister: (service: string, id: string, owner?: string) => send<WriteResult>(instanceOf(service, id), { method: 'DELETE', owner }),
};
