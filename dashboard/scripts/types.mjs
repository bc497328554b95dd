import { readFileSync, writeFileSync } from 'node:fs';
import { typesOf } from './schema.mjs';

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
writeFileSync(new URL('../src/api/schema.ts', import.meta.url), typesOf(document));
