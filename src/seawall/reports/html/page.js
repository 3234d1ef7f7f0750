(function () {
  "use strict";
  var root = document.documentElement, $ = function (q, e) { return Array.prototype.slice.call((e || document).querySelectorAll(q)); };
  root.classList.add("js");
  var bar = document.querySelector(".filters");
  if (bar) {
    var groups = $(".f").map(function (el) {
      return { el: el, head: null, shown: el.querySelector(".n"), rows: $(".r", el).map(function (row) { return { el: row, text: null }; }) };
    });
    var search = bar.querySelector("input"), kind = bar.querySelector("[name=kind]"), cost = bar.querySelector("[name=cost]");
    var told = document.getElementById("shown"), total = groups.reduce(function (n, g) { return n + g.rows.length; }, 0);
    var fits = function (row, group, name, wanted) { return !wanted || (row.el.dataset[name] || group.el.dataset[name]) === wanted; };
    var apply = function () {
      var q = search.value.trim().toLowerCase(), on = {}, all = 0;
      $(".chip", bar).forEach(function (chip) { on[chip.dataset.s] = chip.getAttribute("aria-pressed") === "true"; });
      groups.forEach(function (group) {
        var count = 0;
        if (q && group.head === null) { group.head = group.el.querySelector("summary").textContent.toLowerCase(); }
        var head = !q || group.head.indexOf(q) >= 0;
        group.rows.forEach(function (row) {
          var severity = row.el.dataset.s || group.el.dataset.s;
          var ok = (!severity || on[severity]) && fits(row, group, "k", kind && kind.value) && fits(row, group, "c", cost && cost.value);
          if (ok && !head) {
            if (row.text === null) { row.text = row.el.textContent.toLowerCase(); }
            ok = row.text.indexOf(q) >= 0;
          }
          if (row.el.hidden === Boolean(ok)) { row.el.hidden = !ok; }
          count += ok ? 1 : 0;
        });
        group.el.hidden = !count;
        all += count;
        if (group.shown) { group.shown.textContent = count === group.rows.length ? "" : count.toLocaleString("en") + " of "; }
      });
      $(".holder").forEach(function (el) { el.hidden = !el.querySelector(".f:not([hidden])"); });
      told.textContent = all === total ? total.toLocaleString("en") + " entries" : all.toLocaleString("en") + " of " + total.toLocaleString("en");
    };
    var timer;
    search.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 120); });
    [kind, cost].forEach(function (el) { if (el) { el.addEventListener("change", apply); } });
    $(".chip", bar).forEach(function (chip) {
      chip.addEventListener("click", function () { chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true"); apply(); });
    });
    bar.querySelector(".all").addEventListener("click", function () {
      var open = !groups.some(function (g) { return !g.el.hidden && g.el.open; });
      groups.forEach(function (g) { if (!g.el.hidden) { g.el.open = open; } });
      this.textContent = open ? "Close all" : "Open all";
    });
    $("[data-find]").forEach(function (link) {
      link.addEventListener("click", function () { search.value = link.dataset.find; apply(); });
    });
    apply();
  }
  document.addEventListener("click", function (event) {
    var code = event.target.closest && event.target.closest("td code");
    if (code && navigator.clipboard && !String(getSelection())) {
      navigator.clipboard.writeText(code.textContent).then(function () { code.classList.add("done"); setTimeout(function () { code.classList.remove("done"); }, 900); }, function () {});
    }
  });
})();
