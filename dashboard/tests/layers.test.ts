import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../src');
const layers = ['api', 'model', 'live', 'components', 'pages'];
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));

const layerOf = (file: string) => layers.indexOf(file.split('/')[0]!);

describe('the source', () => {
  it('goes one way: each folder uses only those before it', () => {
    const wrong = files.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import)\(? ?'(\.[^']*)'/g)]
        .map((match) => relative(source, join(source, dirname(file), match[1]!)))
        .filter((used) => layerOf(file) >= 0 && layerOf(used) > layerOf(file))
        .map((used) => `${file} → ${used}`),
    );
    expect(files.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('names no other host', () => {
    const wrong = files.filter((file) => /https?:\/\/(?!127\.0\.0\.1)/.test(readFileSync(join(source, file), 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('has no file of more than 400 lines', () => {
    const written = files.filter((file) => file !== join('api', 'schema.ts')); // made from the node's document
    expect(written.filter((file) => readFileSync(join(source, file), 'utf8').split('\n').length > 401)).toEqual([]);
  });
});
