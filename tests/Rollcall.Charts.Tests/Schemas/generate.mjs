// Writes kubernetes.json: the fields of every object that the charts make, with their types, as Kubernetes' own OpenAPI document has them.
// Its JavaScript client is generated from that document. Run by hand, in a directory where that client is installed:
//   npm install --ignore-scripts @kubernetes/client-node@2.0.1 && node …/generate.mjs >…/kubernetes.json
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const models = join(dirname(require.resolve('@kubernetes/client-node')), 'gen', 'models');

const kinds = {
  'v1/ConfigMap': 'V1ConfigMap',
  'v1/Service': 'V1Service',
  'v1/ServiceAccount': 'V1ServiceAccount',
  'apps/v1/Deployment': 'V1Deployment',
  'apps/v1/StatefulSet': 'V1StatefulSet',
  'networking.k8s.io/v1/NetworkPolicy': 'V1NetworkPolicy',
  'policy/v1/PodDisruptionBudget': 'V1PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'V1ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': 'V1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
};

const types = {};
let release = '';

function visit(type) {
  const inner = /^Array<(.*)>$/.exec(type)?.[1] ?? /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (inner) return visit(inner);
  if (!/^(V\d|Core|Rbac|Admission|Discovery|Events)/.test(type) || types[type]) return;
  const source = readFileSync(join(models, `${type}.js`), 'utf8');
  const declarations = readFileSync(join(models, `${type}.d.ts`), 'utf8');
  release = /OpenAPI spec version: release-([\d.]+)/.exec(source)[1];
  const fields = {};
  types[type] = fields;
  for (const { name, baseName, type: of } of JSON.parse(/attributeTypeMap = (\[[^]*?\n\]);/.exec(source)[1])) {
    // A field that must be there is declared without a question mark.
    const required = new RegExp(`^ {4}'${name.replace('$', '\\$')}':`, 'm').test(declarations);
    fields[required ? `${baseName}!` : baseName] = of;
  }
  for (const of of Object.values(fields)) visit(of);
}

Object.values(kinds).forEach(visit);
const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(([name, fields]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
console.log(`{
 "source": "Kubernetes ${release}, OpenAPI, Apache-2.0; written by generate.mjs",
 "kinds": ${JSON.stringify(kinds)},
 "types": {
${lines.join(',\n')}
 }
}`);
