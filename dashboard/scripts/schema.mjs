// Types of the node's API out of its OpenAPI document: one interface for each schema, under the schema's name. Made for the part of JSON Schema
// that the node's document uses; anything else is refused rather than guessed.

const head = `// Made by \`npm run types\` from docs/openapi.json, which is what a node answers at /openapi/v1.json. Not to be edited.\n`;

/** The text of src/api/schema.ts. */
export function typesOf(document) {
  const interfaces = Object.entries(document.components.schemas).map(([name, schema]) => interfaceOf(name, schema));
  return [head, ...interfaces].join('\n');
}

function interfaceOf(name, schema) {
  if (schema.type !== 'object' || !schema.properties) throw new Error(`${name} is no object with properties.`);
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(
    ([key, property]) => `${comment(property.description, '  ')}  ${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}${required.has(key) ? '' : '?'}: ${typeOf(property, `${name}.${key}`)};\n`,
  );
  return `${comment(schema.description, '')}export interface ${name} {\n${members.join('')}}\n`;
}

function typeOf(schema, where) {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = typeOf(schema.items, where);
      return item.includes('|') ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      if (schema.additionalProperties) return `Record<string, ${typeOf(schema.additionalProperties, where)}>`;
      break;
    case undefined:
      if (Object.keys(schema).every((key) => key === 'description')) return 'unknown';
  }
  throw new Error(`${where} is of a kind that has no type here: ${JSON.stringify(schema)}`);
}

function comment(text, indent) {
  return text ? `${indent}/** ${text.replaceAll('*/', '*\u2215')} */\n` : '';
}
