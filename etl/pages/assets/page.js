"use strict";
(() => {
  const ROWS_SHOWN = 300;
  const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
  const answers = parsed("statistics").answers;
  const specifications = parsed("specifications");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function records(name) {
    const { columns, rows } = answers[name];
    return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  }

  function element(name, text = "", properties = {}) {
    const made = Object.assign(document.createElement(name), properties);
    made.textContent = text;
    return made;
  }

  // A chart fills the width: as many panels in a row as keep their least width, or a wider or narrower plot.
  function fitted(specification, available, shades) {
    const swapped = { white: shades[0], black: shades[1] };
    const spec = JSON.parse(JSON.stringify(specification), (key, value) => (key === "value" && swapped[value]) || value);
    const beside = spec.facet ? 80 : 190; // legends begin where the axis labels end
    spec.config.legend.labelLimit = Math.min(spec.config.legend.labelLimit, available - beside);
    if (spec.facet) {
      const axis = 65, gap = 28;
      const room = available - axis + gap;
      spec.columns = Math.max(1, Math.min(spec.columns, Math.floor(room / (spec.spec.width + gap))));
      const width = Math.min(320, Math.floor(room / spec.columns) - gap);
      spec.spec.height = Math.round(spec.spec.height * width / spec.spec.width);
      spec.spec.width = width;
    } else {
      spec.width = Math.min(spec.width * 1.5, available);
    }
    return spec;
  }

  async function draw(chart, specification, answer, rows) {
    const shades = dark.matches ? ["black", "white"] : ["white", "black"]; // for numbers on dark and on pale squares
    const spec = fitted(specification, chart.clientWidth, shades);
    spec.config.background = "transparent";
    if (dark.matches) {
      spec.config.range = { heatmap: ["#1d2530", "#2f6ea8", "#9fd4ff"] };
      spec.config.view.fill &&= "#1a1f27";
    }
    spec.datasets = { [answer]: rows };
    const drawn = document.createElement("div");
    await window.vegaEmbed(drawn, spec, {
      actions: false,
      ast: true,
      defaultStyle: false,
      renderer: "svg",
      tooltip: { disableDefaultStyle: true, theme: "" },
    });
    drawn.querySelector("svg").setAttribute("aria-hidden", "true"); // the chart has a label of its own
    drawn.className = "live";
    chart.querySelector(".live")?.remove();
    chart.prepend(drawn); // the still picture stays for paper
    chart.dataset.drawn = String(chart.clientWidth);
  }

  function drawFigure(chart) {
    const { figure, answer } = chart.dataset;
    return draw(chart, specifications.figures[figure], answer, records(answer));
  }

  function watchFigures() {
    const charts = document.querySelectorAll(".chart[data-figure]");
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) {
          seen.unobserve(target);
          drawFigure(target);
        }
      }
    }, { rootMargin: "400px" });
    charts.forEach((chart) => seen.observe(chart));
    let timer = 0;
    dark.addEventListener("change", () => {
      for (const chart of charts) {
        if (chart.dataset.drawn) {
          drawFigure(chart);
        }
      }
    });
    window.addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const chart of charts) {
          if (chart.dataset.drawn && chart.dataset.drawn !== String(chart.clientWidth)) {
            drawFigure(chart);
          }
        }
      }, 200);
    });
  }

  function fillNumbers(details) {
    const { columns, rows } = answers[details.dataset.answer];
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    columns.forEach((column) => head.append(element("th", column, { scope: "col" })));
    const body = table.createTBody();
    for (const row of rows.slice(0, ROWS_SHOWN)) {
      const line = body.insertRow();
      row.forEach((value) => line.append(element("td", value === null ? "–" : String(value))));
    }
    const scroll = element("div", "", { className: "scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", details.firstElementChild.textContent);
    scroll.append(table);
    details.append(scroll);
    if (rows.length > ROWS_SHOWN) {
      details.append(element("p", `The first ${ROWS_SHOWN} of ${rows.length} rows; statistics.json has all.`));
    }
  }

  function watchNumbers() {
    for (const details of document.querySelectorAll("details.numbers")) {
      details.addEventListener("toggle", () => fillNumbers(details), { once: true });
    }
  }

  function watchTemplates() {
    const table = document.querySelector("#table-templates table");
    if (!table) {
      return;
    }
    const body = table.tBodies[0];
    const lines = [...body.rows];
    const search = document.getElementById("template-search");
    const count = document.getElementById("template-count");
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const line of lines) {
        line.hidden = !line.cells[0].textContent.toLowerCase().includes(wanted);
      }
      const found = lines.filter((line) => !line.hidden).length;
      count.textContent = `${found} of ${lines.length} templates`;
    });
    for (const button of table.querySelectorAll("button.sort")) {
      button.addEventListener("click", () => sort(body, lines, button));
    }
    for (const line of lines) {
      line.querySelector("button.open").addEventListener("click", () => openTemplate(Number(line.dataset.row)));
    }
  }

  function sort(body, lines, button) {
    const heading = button.closest("th");
    const column = Number(button.dataset.column);
    const isNumber = heading.classList.contains("number");
    const before = heading.getAttribute("aria-sort");
    const direction = before ? (before === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
    heading.parentElement.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const key = (line) => isNumber ? line.cells[column].dataset.value : line.cells[column].textContent;
    const compare = (one, other) => {
      if (isNumber && (one === "" || other === "")) {
        return (one === "") - (other === "");
      }
      return sign * (isNumber ? Number(one) - Number(other) : one.localeCompare(other, "en"));
    };
    lines.sort((one, other) => compare(key(one), key(other)) || one.dataset.row - other.dataset.row);
    body.append(...lines);
  }

  const ON_DEMAND = [
    ["template_mix", "Mix of actions and agents; the line is the share among all events"],
    ["template_timing", "When its events happen, by frame"],
    ["template_coordinates", "Where in the picture its events happen"],
  ];

  async function openTemplate(index) {
    const template = records("templates")[index];
    const section = document.getElementById("template-section");
    const charts = element("div", "", { className: "charts" });
    const facts = `Events: ${template.events.toLocaleString("en")}. Videos: ${template.videos.toLocaleString("en")}.`;
    section.replaceChildren(element("h3", template.template), element("p", facts), charts);
    if (!template.events) {
      section.focus();
      return;
    }
    const drawn = ON_DEMAND.map(([answer, title]) => {
      const chart = element("div", "", { className: "chart" });
      chart.setAttribute("role", "img");
      chart.setAttribute("aria-label", `${title}: ${template.template}. ${facts}`);
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      const n = `n = ${template.events.toLocaleString("en")} events.`;
      caption.append(element("h4", title), element("p", n));
      figure.append(caption, chart, source(answer));
      charts.append(figure);
      const rows = records(answer).filter((row) => row.template_id === template.template_id);
      return () => draw(chart, specifications.onDemand[answer], answer, rows);
    });
    await Promise.all(drawn.map((one) => one())); // once all are in their columns, because a chart fills the width
    section.append(intervals(template), source("template_intervals"));
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  }

  function source(answer) {
    return document.getElementById(`source-${answer}`).content.cloneNode(true);
  }

  function intervals(template) {
    const rows = records("template_intervals").filter((row) => row.template_id === template.template_id);
    const list = document.createElement("ul");
    for (const row of rows) {
      const hold = row.hold_frames_median === null ? "" : `, median hold in frames ${row.hold_frames_median}`;
      const counts = `contacts ${row.contacts}, releases ${row.releases}, contact → release intervals ${row.intervals}`;
      list.append(element("li", `${row.agent}: ${counts}${hold}`));
    }
    return list;
  }

  watchFigures();
  watchNumbers();
  watchTemplates();
})();
