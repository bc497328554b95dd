import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typesOf } from '../../scripts/schema.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const of = (schema: object) => typesOf({ components: { schemas: { A: schema } } }).split('\n\n').slice(1).join('\n\n');

describe('the types of the API', () => {
  it('are those of docs/openapi.json, which is the document of the node; npm run types makes them anew', () => {
    expect(read('src/api/schema.ts')).toBe(typesOf(JSON.parse(read('../docs/openapi.json'))));
  });

  it('say what may be absent, what refers to what and which values there are', () => {
    const schema = {
      type: 'object',
      description: 'One.',
      required: ['b', 'ports', 'state'],
      properties: {
        a: { type: 'string', description: 'Maybe.' },
        b: { type: 'integer' },
        ports: { type: 'object', additionalProperties: { type: 'number' } },
        state: { type: 'string', enum: ['x', 'y'] },
        'odd-name': { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
        other: { $ref: '#/components/schemas/B' },
        any: {},
      },
    };
    expect(of(schema)).toBe(
      "/** One. */\nexport interface A {\n  /** Maybe. */\n  a?: string;\n  b: number;\n  ports: Record<string, number>;\n  state: 'x' | 'y';\n  \"odd-name\"?: ('x' | 'y')[];\n  other?: B;\n  any?: unknown;\n}\n",
    );
  });

  it('refuse what they cannot tell', () => {
    expect(() => of({ type: 'object', properties: { a: { oneOf: [] } } })).toThrow('A.a');
    expect(() => of({ type: 'string' })).toThrow('A is no object');
  });
});
