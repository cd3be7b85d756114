import { type BenchFigure, ratioOf, reaches } from './figure.ts';

/** Three significant digits, grouped where there are many. */
export function short(value: number): string {
  if (value === 0) return '0';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function goalText(figure: BenchFigure): string {
  const { goal } = figure;
  if (!goal) return '';
  const bounds = [
    goal.atLeast === undefined ? '' : `>= ${goal.atLeast}`,
    goal.atMost === undefined ? '' : `<= ${goal.atMost}`,
  ].filter(Boolean);
  return `${goal.of === 'ratio' ? 'ratio ' : ''}${bounds.join(' and ')}`;
}

function cells(figure: BenchFigure): string[] {
  const ratio = ratioOf(figure);
  const reached = reaches(figure);
  return [
    figure.section,
    figure.name,
    `${short(figure.value)} ${figure.unit}`,
    figure.reference ? `${short(figure.reference.value)} ${figure.reference.name}` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    goalText(figure),
    reached === undefined ? '' : reached ? 'yes' : 'NO',
  ];
}

const HEAD = ['section', 'figure', 'measured', 'reference', 'ratio', 'goal', 'reached'];

/** The figures as one table of plain text. */
export function renderTable(figures: readonly BenchFigure[]): string {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[line(HEAD), rule, ...rows.slice(1).map(line)].join('\n')}\n`;
}
