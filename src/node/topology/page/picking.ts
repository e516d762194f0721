/** Shows some points and their links alone: one that was clicked, or those that a search finds. */

/** Rows of details that are shown. */
const ROWS = 60;

export function startPicking(graph: SVGSVGElement, details: HTMLElement, query: HTMLInputElement): void {
  const points = [...graph.querySelectorAll<SVGGElement>('.point')];
  const links = [...graph.querySelectorAll<SVGElement>('[data-a]')];
  const rows = [...document.querySelectorAll<HTMLElement>('#tables tbody tr')];
  const hint = [...details.childNodes];

  const pick = (chosen: ReadonlySet<string> | undefined) => {
    graph.classList.toggle('picking', chosen !== undefined);
    const seen = new Set(chosen);
    for (const link of links) {
      const { a, b } = link.dataset;
      const isPicked = chosen !== undefined && (chosen.has(a!) || chosen.has(b!));
      link.classList.toggle('picked', isPicked);
      if (isPicked) seen.add(a!).add(b!);
    }
    for (const point of points) point.classList.toggle('picked', seen.has(point.dataset['point']!));
    for (const row of rows)
      row.hidden =
        chosen !== undefined && !row.dataset['points']!.split(' ').some((index) => chosen.has(index));
  };
  const tell = (title: string, lines: readonly string[]) => {
    const head = element('h2', 'Details');
    const list = element('ul', '');
    list.append(...lines.slice(0, ROWS).map((line) => element('li', line)));
    if (lines.length > ROWS) list.append(element('li', `… and ${lines.length - ROWS} more`));
    details.replaceChildren(head, element('p', title), list);
  };
  const all = () => {
    pick(undefined);
    details.replaceChildren(...hint);
  };
  const pickPoint = (point: SVGGElement) => {
    const index = point.dataset['point']!;
    pick(new Set([index]));
    const own = links.filter(
      ({ dataset, tagName }) => tagName === 'path' && (dataset['a'] === index || dataset['b'] === index),
    );
    tell(titleOf(point), own.map(titleOf));
  };
  const find = () => {
    const wanted = query.value.trim().toLowerCase();
    if (wanted === '') return all();
    const found = points.filter((point) => titleOf(point).toLowerCase().includes(wanted));
    pick(new Set(found.map((point) => point.dataset['point']!)));
    tell(`${found.length} found`, found.map(titleOf));
  };

  graph.addEventListener('click', ({ target }) => {
    if (graph.classList.contains('dragged')) return;
    const point = (target as Element).closest<SVGGElement>('.point');
    const link = (target as Element).closest<SVGElement>('[data-link]');
    if (point !== null) pickPoint(point);
    else if (link !== null) tell(titleOf(links[Number(link.dataset['link'])]!), []);
    else all();
  });
  query.addEventListener('input', find);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      query.value = '';
      all();
    } else if (event.key === '/' && event.target !== query) {
      event.preventDefault();
      query.focus();
    }
  });
}

/** What is said of it when it is pointed at. */
function titleOf(mark: Element): string {
  return mark.querySelector('title')?.textContent ?? '';
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
