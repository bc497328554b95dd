import type { Instance } from '../api/documents';

/** One condition of a search: some text anywhere, or a field that has one of some values. */
export interface Term {
  readonly field: string | undefined;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** What a search looks at. */
export interface Subject {
  readonly service: string;
  readonly instance: Instance;
  readonly status: string;
  readonly score: number | undefined;
  readonly origin: string | undefined;
}

/**
 * Reads a search: words that must occur, `field:value`, `field:a,b` for either, `field:>90` and `field:80..90` for numbers, `*` for anything, a leading `-` for not,
 * quotes around what has spaces.
 */
export function parseSearch(text: string): readonly Term[] {
  return tokens(text).flatMap((token): Term[] => {
    const negated = token.length > 1 && token.startsWith('-');
    const rest = negated ? token.slice(1) : token;
    const colon = fieldEnd(rest);
    const field = colon > 0 ? unquote(rest.slice(0, colon)).toLowerCase() : undefined;
    const value = colon > 0 ? rest.slice(colon + 1) : rest;
    const values = (field ? splitValues(value) : [value]).map((part) => unquote(part).toLowerCase()).filter((part) => part !== '');
    // While `zone:` or `-` is being typed it says nothing yet.
    return values.length > 0 && rest !== '-' ? [{ field, values, negated }] : [];
  });
}

/** True when every term holds. */
export function matches(terms: readonly Term[], subject: Subject): boolean {
  return terms.every((term) => holds(term, subject) !== term.negated);
}

/** True when the terms ask for nothing but names of services: then services without instances can match too. */
export function matchesServiceName(terms: readonly Term[], service: string): boolean {
  return terms.every((term) => (term.field === undefined || term.field === 'service') && term.values.some((value) => fits(value, service.toLowerCase())) !== term.negated);
}

/** The search with a term added, or without it when it is there. */
export function toggleTerm(text: string, field: string, value: string): string {
  const term = `${field}:${/[\s,"]/.test(value) ? `"${value}"` : value}`;
  const all = tokens(text);
  return (all.includes(term) ? all.filter((token) => token !== term) : [...all, term]).join(' ');
}

function holds(term: Term, subject: Subject): boolean {
  if (term.field === undefined) {
    const [word] = term.values;
    return anyText(subject).some((text) => fits(word!, text));
  }
  const found = valuesOf(term.field, subject);
  return term.values.some((value) => found.some((text) => compare(value, text)));
}

function anyText({ service, instance }: Subject): string[] {
  return [service, instance.id, instance.address, instance.node ?? '', instance.reason ?? '', ...Object.values(instance.metadata ?? {})].map(lower);
}

function valuesOf(field: string, subject: Subject): string[] {
  const { instance } = subject;
  switch (field) {
    case 'service':
      return [lower(subject.service)];
    case 'id':
      return [lower(instance.id)];
    case 'zone':
      return [lower(instance.zone ?? '')];
    case 'node':
      return [lower(instance.node ?? '')];
    case 'address':
      return [lower(instance.address)];
    case 'origin':
      return [lower(subject.origin ?? 'registered')];
    case 'reason':
      return [lower(instance.reason ?? '')];
    case 'state':
    case 'status':
      return [instance.state, subject.status];
    case 'weight':
      return [String(instance.weight)];
    case 'score':
      return subject.score === undefined ? [] : [String(subject.score)];
    case 'port':
      return Object.entries(instance.ports).flatMap(([name, port]) => [name, String(port)]);
    default:
      return metadata(field, instance);
  }
}

// `version` also finds app.kubernetes.io/version.
function metadata(field: string, instance: Instance): string[] {
  return Object.entries(instance.metadata ?? {})
    .filter(([key]) => {
      const name = key.toLowerCase();
      return name === field || name.endsWith(`/${field}`);
    })
    .map(([, value]) => lower(value));
}

function compare(wanted: string, text: string): boolean {
  const range = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(wanted);
  if (range) return compare(`>=${range[1]}`, text) && compare(`<=${range[2]}`, text);
  const number = /^([<>]=?)(-?\d+(?:\.\d+)?)$/.exec(wanted);
  if (!number) return wanted.includes('*') ? fits(wanted, text, true) : wanted === text;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) return false;
  const limit = Number(number[2]);
  switch (number[1]) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    default:
      return value >= limit;
  }
}

function fits(pattern: string, text: string, whole = false): boolean {
  if (!pattern.includes('*')) return whole ? pattern === text : text.includes(pattern);
  const parts = pattern.split('*');
  const first = parts[0]!;
  const last = parts[parts.length - 1]!;
  if (whole && (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)) return false;
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

const lower = (text: string) => text.toLowerCase();
const unquote = (text: string) => text.replaceAll('"', '');

function tokens(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

// The first colon outside quotes ends a field; one of an address (10.0.0.1:80, ::1) does not.
function fieldEnd(token: string): number {
  const field = /^(?:[A-Za-z][\w./-]*|"[^"]+"):/.exec(token);
  return field ? field[0].length - 1 : -1;
}

function splitValues(text: string): string[] {
  return text.match(/(?:[^,"]|"[^"]*"?)+/g) ?? [];
}
