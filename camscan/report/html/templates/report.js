"use strict";
/* Searches, sorts and filters the table of devices, and shows the page of one. Everything stands in the page without
   this; nothing is loaded, and text is only ever set as text. */
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const $ = (id) => document.getElementById(id);
  const table = $("table");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const form = $("search");
  const told = $("told");
  const names = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const digits = new Intl.NumberFormat(document.documentElement.lang);

  const devices = [...body.rows].map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    const page = $(row.cells[0].firstChild.getAttribute("href").slice(1));
    return { row, cells, ranks: [], text: (cells.join(" ") + " " + page.textContent).toLowerCase() };
  });
  let order = devices;
  let fitting = devices;
  let first = 0;

  /* Which devices fit, and the part of them that stands in the table. */
  const size = () => Number($("size").value);
  function show() {
    const some = fitting.slice(first, first + size());
    body.replaceChildren(...some.map((device) => device.row));
    const numbers = { n: fitting.length, all: devices.length, first: first + 1, last: first + some.length };
    told.textContent = some.length
      ? told.dataset.text.replace(/\{(\w+)\}/g, (_, name) => digits.format(numbers[name]))
      : told.dataset.nothing;
    $("previous").disabled = first === 0;
    $("next").disabled = first + some.length >= fitting.length;
  }
  function filter() {
    const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...form.querySelectorAll("select[data-column]")]
      .filter((choice) => choice.selectedIndex > 0)
      .map((choice) => [Number(choice.dataset.column), choice.value]);
    fitting = order.filter(
      (device) =>
        wanted.every(([column, value]) => device.cells[column] === value) &&
        words.every((word) => device.text.includes(word)),
    );
    first = 0;
    show();
  }
  function turn(by) {
    first = Math.max(0, first + by * size());
    show();
  }

  /* Sorting: what a column is sorted by is worked out once. */
  function address(text) {
    const four = text.match(/^(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
    return four ? four.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0) : text;
  }
  function key(device, column) {
    const kind = heads[column].dataset.sort;
    const text = device.cells[column];
    if (kind === "class") return Number(device.row.cells[column].className.slice(1));
    if (kind === "number") return Number(text);
    return kind === "address" ? address(text) : text;
  }
  function rank(column) {
    const keys = [...new Set(devices.map((device) => key(device, column)))];
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : names.compare(a, b));
    const place = new Map(keys.sort((a, b) => (a === "") - (b === "") || compare(a, b)).map((one, n) => [one, n]));
    for (const device of devices) device.ranks[column] = place.get(key(device, column));
  }
  function sort(column) {
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    if (devices[0].ranks[column] === undefined) rank(column);
    const sign = down ? -1 : 1;
    order = [...devices].sort((a, b) => sign * (a.ranks[column] - b.ranks[column]));
    filter();
  }
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });

  /* A choice for each column that asks for one, of the values that there are. */
  heads.forEach((head, column) => {
    if (!("filter" in head.dataset)) return;
    const counts = new Map();
    for (const { cells } of devices) counts.set(cells[column], (counts.get(cells[column]) || 0) + 1);
    if (counts.size < 2) return;
    const label = document.createElement("label");
    const choice = document.createElement("select");
    choice.dataset.column = column;
    choice.append(new Option(form.dataset.all, ""));
    for (const value of [...counts.keys()].sort(names.compare))
      choice.append(new Option(`${value || form.dataset.none} (${digits.format(counts.get(value))})`, value));
    label.append(head.textContent + " ", choice);
    $("choices").append(label);
  });

  /* The page of one device, by the address of this page: #d12. */
  let opened = null;
  function look() {
    const page = /^#d\d+$/.test(location.hash) ? $(location.hash.slice(1)) : null;
    opened?.classList.remove("open");
    page?.classList.add("open");
    if (page) {
      document.body.dataset.view = "device";
      page.tabIndex = -1;
      page.focus({ preventScroll: true });
      scrollTo(0, 0);
    } else if (opened) {
      delete document.body.dataset.view;
      (location.hash ? $(location.hash.slice(1)) : null)?.scrollIntoView();
    }
    opened = page;
  }

  document.querySelector(".back").hidden = false;
  form.hidden = false;
  document.querySelector(".pager").hidden = false;
  form.addEventListener("input", (event) => {
    if (event.target.id === "with-pages") document.body.classList.toggle("with-pages", event.target.checked);
    else filter();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { document.body.classList.remove("with-pages"); filter(); }));
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  for (const link of document.querySelectorAll("a[data-find]"))
    link.addEventListener("click", () => { form.reset(); $("find").value = link.dataset.find; setTimeout(() => { $("find").value = link.dataset.find; filter(); }); });
  addEventListener("hashchange", look);
  addEventListener("beforeprint", () => body.replaceChildren(...fitting.map((device) => device.row)));
  addEventListener("afterprint", show);
  show();
  look();
  document.documentElement.classList.add("ready");
});
