/** The text of src/api/schema.ts. */
export function typesOf(document: { components: { schemas: Record<string, object> } }): string;
