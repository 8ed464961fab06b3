import { ACTIONS, type ActionName, type Rule } from '../../store/actions.js';
import { STAGES, type Stage } from '../../store/facts.js';
import { table } from './documents.js';

/** The parts of docs/architecture.md that are made from `store/actions.ts`. */

const words = (name: string) => name.replaceAll('-', ' ');
const rules = Object.entries(ACTIONS) as [ActionName, Rule][];
const moves = ({ from }: Rule) => Object.entries(from) as [Stage, Stage][];

/** From wherever one is, to the same stage. */
const isFromAnywhere = (rule: Rule) => moves(rule).length === STAGES.length - 1;

/** The stages and what leads from one to another; actions that lead anywhere from everywhere would only hide it. */
export function stageDiagram(): string {
  const labels = new Map<string, string[]>();
  for (const [name, rule] of rules) {
    if (isFromAnywhere(rule)) continue;
    for (const [before, after] of moves(rule)) {
      if (before === after) continue;
      const arrow = `${before} --> ${after}`;
      labels.set(arrow, [...(labels.get(arrow) ?? []), words(name)]);
    }
  }
  const arrows = [...labels].map(([arrow, names]) => `    ${arrow}: ${names.join(', ')}`);
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> invited', ...arrows, '```'].join('\n');
}

/** Every action: who may take it, at which stages, and where it leads. */
export function actionTable(): string {
  return table([
    ['action', 'by', 'stage before → after'],
    ...rules.map(([name, rule]) => [words(name), rule.by.join(', '), leads(rule)]),
  ]);
}

function leads(rule: Rule): string {
  const [first] = moves(rule);
  if (first && isFromAnywhere(rule)) return `any → ${first[1]}`;
  const staying = moves(rule).flatMap(([before, after]) => (before === after ? [before] : []));
  const leaving = moves(rule).flatMap(([before, after]) =>
    before === after ? [] : [`${before} → ${after}`],
  );
  return [...(staying.length > 0 ? [`stays: ${staying.join(', ')}`] : []), ...leaving].join('; ');
}
