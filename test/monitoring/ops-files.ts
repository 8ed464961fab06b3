import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { z } from 'zod';
import { read } from '../docs/documents.js';

const RULES = 'deploy/monitoring/prometheus-rules.yml';
const DASHBOARD = 'deploy/monitoring/grafana-dashboard.json';

const text = z.string().min(1);
/** A rule file as Prometheus reads it, as far as these files go: nothing else may stand in them. */
const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: text,
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
          expr: text,
          for: z
            .string()
            .regex(/^\d+[smhd]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: text }),
        }),
      ),
    }),
  ),
});

const dashboard = z.object({
  title: text,
  uid: text,
  panels: z.array(
    z.object({
      id: z.number(),
      title: text,
      type: text,
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ refId: text, expr: text })),
    }),
  ),
});

export const alerts = async () =>
  ruleFile.parse(parse(await read(RULES))).groups.flatMap(({ rules }) => rules);
export const panels = async () => dashboard.parse(JSON.parse(await read(DASHBOARD))).panels;

/** Every expression of both files, with where it stands. Grafana's own interval is put in as it would be. */
export async function expressions(): Promise<{ where: string; expr: string }[]> {
  return [
    ...(await alerts()).map(({ alert, expr }) => ({ where: alert, expr })),
    ...(await panels()).flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ where: title, expr: expr.replaceAll('$__rate_interval', '1m') })),
    ),
  ];
}

/** The metrics that an expression names, by Prometheus' own grammar. @throws where it does not parse */
export function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`"${expr}" is wrong at ${from}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        names.push(expr.slice(from, to));
    },
  });
  return names;
}
