/* Hexagons on a Leaflet map, drawn on canvas from H3 cell ids and values only.
 *
 * Needs the globals L (Leaflet 1.9) and h3 (h3-js 4). A classic script: it runs under
 * a strict Content-Security-Policy and equally well pasted into a file that travels by
 * e-mail. It never makes HTML from text; every word goes in by textContent.
 *
 *   var layer = new HotspotsMap.CellsLayer().addTo(map);
 *   var scale = HotspotsMap.countScale(values);             // or densityScale, giScale
 *   layer.setData(ids, values, scale);                      // arrays of equal length
 *   layer.on("cellclick", function (event) { event.id; event.index; });
 *   element.replaceChildren(HotspotsMap.buildLegend(scale, "Incidents in a cell"));
 *
 * A scale is {breaks: [b1 < b2 < ...], classes: [{colour, label, hatched}, ...]} with
 * one class more than breaks: class k holds breaks[k-1] <= value < breaks[k].
 *
 * Colours: the sequential ones are five stops of "inferno" (matplotlib, CC0), legible
 * with any colour vision; each is darker than the one before, so they stay in order on a
 * black-and-white print. Cold spots are hatched, so that they differ from hot ones there.
 */
(function (root) {
  "use strict";

  var SEQUENTIAL = ["#f8dc8c", "#f79c3c", "#d8573c", "#932667", "#330a5f"];
  var QUIET = "#dadada";
  var HOT = ["#e8763e", "#7a1550"];
  var COLD = ["#9cc4e4", "#2f6fa8"];
  var BATCH = 100;
  var SMALL_PX = 3;
  var OUTLINE_PX = 9;

  /* --- numbers in words ------------------------------------------------------- */

  function number(value, digits) {
    return Number(value).toLocaleString("en-GB", {
      maximumFractionDigits: digits === undefined ? 0 : digits,
    });
  }

  /* --- scales ------------------------------------------------------------------ */

  /* Head/tail breaks (Jiang 2013): split at the mean, then the upper part again. Made
   * for values of which most are small and a few large, as counts in cells are. */
  function headTailBreaks(values, most) {
    var breaks = [];
    var head = Array.prototype.filter.call(values, Number.isFinite);
    while (breaks.length < most && head.length > 1) {
      var mean = head.reduce(function (sum, value) { return sum + value; }, 0) /
        head.length;
      var above = head.filter(function (value) { return value > mean; });
      if (!above.length || above.length === head.length) { break; }
      breaks.push(mean);
      head = above;
    }
    return breaks;
  }

  function rising(breaks) {
    return breaks.filter(function (value, k) { return k === 0 || value > breaks[k - 1]; });
  }

  /* Round to 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
  function roundNicely(value) {
    var power = Math.pow(10, Math.floor(Math.log10(value)));
    var steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
    var nearest = steps.reduce(function (best, step) {
      return Math.abs(step - value / power) < Math.abs(best - value / power) ? step : best;
    });
    return nearest * power;
  }

  /* n of the sequential colours, the darkest always last. */
  function colours(n) {
    if (n === 1) { return [SEQUENTIAL[2]]; }
    return Array.from({ length: n }, function (_, k) {
      return SEQUENTIAL[Math.round(k * (SEQUENTIAL.length - 1) / (n - 1))];
    });
  }

  function sequentialScale(breaks, label) {
    var n = breaks.length + 1;
    var chosen = colours(n);
    return {
      breaks: breaks,
      classes: chosen.map(function (colour, k) {
        return { colour: colour, hatched: false, label: label(k, n) };
      }),
    };
  }

  /* Whole numbers: "1", "2 to 4", "5 or more". */
  function countScale(values) {
    var breaks = rising(headTailBreaks(values, 4).map(function (value) {
      return Math.max(2, Math.ceil(value > 20 ? roundNicely(value) : value));
    }));
    return sequentialScale(breaks, function (k, n) {
      var low = k === 0 ? 1 : breaks[k - 1];
      if (n === 1) { return "1 or more"; }
      if (k === n - 1) { return number(low) + " or more"; }
      var high = breaks[k] - 1;
      return high === low ? number(low) : number(low) + " to " + number(high);
    });
  }

  /* Any numbers from 0 up: "under 50", "50 to under 200", "200 or more". */
  function densityScale(values) {
    var positive = Array.prototype.filter.call(values, function (v) { return v > 0; });
    var breaks = rising(headTailBreaks(positive, 4).map(roundNicely));
    return sequentialScale(breaks, function (k, n) {
      if (n === 1) { return "any"; }
      if (k === 0) { return "under " + number(breaks[0], 2); }
      if (k === n - 1) { return number(breaks[k - 1], 2) + " or more"; }
      return number(breaks[k - 1], 2) + " to under " + number(breaks[k], 2);
    });
  }

  var GI_SCALE = {
    breaks: [-1.5, -0.5, 0.5, 1.5],
    classes: [
      { colour: COLD[1], hatched: true, label: "Cold: very unlikely to be chance (adjusted p under 0.01)" },
      { colour: COLD[0], hatched: true, label: "Cold: unlikely to be chance (adjusted p under 0.05)" },
      { colour: QUIET, hatched: false, label: "Could be chance" },
      { colour: HOT[0], hatched: false, label: "Hot: unlikely to be chance (adjusted p under 0.05)" },
      { colour: HOT[1], hatched: false, label: "Hot: very unlikely to be chance (adjusted p under 0.01)" },
    ],
  };

  /* -2 .. 2 from Gi* z and its adjusted p: the values that giScale() classes. */
  function giLevels(z, p) {
    return Array.from(z, function (value, k) {
      if (!Number.isFinite(value) || !(p[k] < 0.05)) { return 0; }
      return (value < 0 ? -1 : 1) * (p[k] < 0.01 ? 2 : 1);
    });
  }

  function giScale() { return GI_SCALE; }

  function classOf(breaks, value) {
    var k = 0;
    while (k < breaks.length && value >= breaks[k]) { k += 1; }
    return k;
  }

  /* --- geometry: everything in fractions of the Web Mercator square ------------- */

  function worldX(lng) { return (lng + 180) / 360; }

  function worldY(lat) {
    var s = Math.sin(lat * Math.PI / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  }

  function outline(id) {
    var corners = h3.cellToBoundary(id);
    var flat = new Float64Array(corners.length * 2);
    corners.forEach(function (corner, k) {
      flat[2 * k] = worldX(corner[1]);
      flat[2 * k + 1] = worldY(corner[0]);
    });
    return flat;
  }

  /* First position in a rising array whose value is at least the one given. */
  function lowerBound(sorted, value) {
    var low = 0;
    var high = sorted.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (sorted[middle] < value) { low = middle + 1; } else { high = middle; }
    }
    return low;
  }

  /* The cells in drawing order (west to east), with what each tile needs to know. */
  function buildIndex(ids, values, scale) {
    var n = ids.length;
    var centres = ids.map(function (id) {
      var at = h3.cellToLatLng(id);
      return [worldX(at[1]), worldY(at[0])];
    });
    var order = Array.from({ length: n }, function (_, k) { return k; });
    order.sort(function (a, b) { return centres[a][0] - centres[b][0]; });
    var index = {
      n: n,
      x: new Float64Array(n),
      y: new Float64Array(n),
      level: new Uint8Array(n),
      ids: new Array(n),
      outlines: new Array(n),
      radius: 0,
    };
    order.forEach(function (from, to) {
      index.x[to] = centres[from][0];
      index.y[to] = centres[from][1];
      index.ids[to] = ids[from];
      index.level[to] = classOf(scale.breaks, values[from]);
    });
    index.radius = radiusOf(index);
    return index;
  }

  function radiusOf(index) {
    var largest = 0;
    var step = Math.max(1, Math.floor(index.n / 16));
    for (var k = 0; k < index.n; k += step) {
      var flat = outline(index.ids[k]);
      for (var c = 0; c < flat.length; c += 2) {
        largest = Math.max(
          largest, Math.hypot(flat[c] - index.x[k], flat[c + 1] - index.y[k]));
      }
    }
    return largest * 1.05;
  }

  /* --- drawing ------------------------------------------------------------------ */

  function hatch(context, colour) {
    var tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    var pen = tile.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    pen.beginPath();
    [-8, 0, 8].forEach(function (x) {
      pen.moveTo(x - 2, 10);
      pen.lineTo(x + 10, -2);
    });
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  /* Positions of the cells that touch the square of this tile, one list a class. */
  function cull(index, bounds, nClasses) {
    var lists = Array.from({ length: nClasses }, function () { return []; });
    var end = lowerBound(index.x, bounds.right + index.radius);
    var k = lowerBound(index.x, bounds.left - index.radius);
    for (; k < end; k += 1) {
      if (index.y[k] > bounds.top - index.radius &&
          index.y[k] < bounds.bottom + index.radius) {
        lists[index.level[k]].push(k);
      }
    }
    return lists;
  }

  function trace(context, flat, view) {
    context.moveTo(flat[0] * view.scale - view.x, flat[1] * view.scale - view.y);
    for (var c = 2; c < flat.length; c += 2) {
      context.lineTo(flat[c] * view.scale - view.x, flat[c + 1] * view.scale - view.y);
    }
    context.closePath();
  }

  function fillOutlines(context, index, positions, view, opacity) {
    var outlined = 2 * index.radius * view.scale >= OUTLINE_PX;
    for (var from = 0; from < positions.length; from += BATCH) {
      context.beginPath();
      positions.slice(from, from + BATCH).forEach(function (k) {
        if (!index.outlines[k]) { index.outlines[k] = outline(index.ids[k]); }
        trace(context, index.outlines[k], view);
      });
      context.globalAlpha = opacity;
      context.fill();
      if (outlined) {
        context.globalAlpha = 1;
        context.stroke();
      }
    }
  }

  function fillDots(context, index, positions, view, opacity) {
    var side = Math.max(1.5, 1.7 * index.radius * view.scale);
    context.globalAlpha = opacity;
    positions.forEach(function (k) {
      context.fillRect(
        index.x[k] * view.scale - view.x - side / 2,
        index.y[k] * view.scale - view.y - side / 2, side, side);
    });
  }

  function paint(context, index, scale, view, opacity) {
    var bounds = {
      left: view.x / view.scale,
      right: (view.x + view.width) / view.scale,
      top: view.y / view.scale,
      bottom: (view.y + view.height) / view.scale,
    };
    var fill = 2 * index.radius * view.scale < SMALL_PX ? fillDots : fillOutlines;
    context.lineWidth = 1;
    context.strokeStyle = "#ffffff";
    cull(index, bounds, scale.classes.length).forEach(function (positions, level) {
      if (!positions.length) { return; }
      var look = scale.classes[level];
      context.fillStyle = look.hatched ? hatch(context, look.colour) : look.colour;
      fill(context, index, positions, view, opacity);
    });
  }

  var CellsLayer = L.GridLayer.extend({
    options: { opacity: 1, fillOpacity: 0.85, className: "hotspots-cells" },

    initialize: function (options) {
      L.setOptions(this, options);
      this._index = null;
      this._scale = null;
      this._positions = new Map();
      this._onClick = this._click.bind(this);
    },

    /* ids: H3 strings; values: numbers; scale: see the top of this file. */
    setData: function (ids, values, scale) {
      if (ids.length !== values.length) {
        throw new RangeError(
          "setData needs one value a cell; got " + ids.length + " cells and " +
          values.length + " values.");
      }
      this._scale = scale;
      this._positions = new Map(ids.map(function (id, k) { return [id, k]; }));
      this._resolution = ids.length ? h3.getResolution(ids[0]) : null;
      this._index = ids.length ? buildIndex(ids, values, scale) : null;
      if (this._map) { this.redraw(); }
      return this;
    },

    /* {id, index} of the cell with data at a place, or null. No geometry is searched. */
    cellAt: function (latlng) {
      if (this._resolution === null || this._resolution === undefined) { return null; }
      var id = h3.latLngToCell(latlng.lat, latlng.lng, this._resolution);
      return this._positions.has(id) ? { id: id, index: this._positions.get(id) } : null;
    },

    onAdd: function (map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      map.on("click", this._onClick);
    },

    onRemove: function (map) {
      map.off("click", this._onClick);
      L.GridLayer.prototype.onRemove.call(this, map);
    },

    createTile: function (coords) {
      var size = this.getTileSize();
      var ratio = root.devicePixelRatio || 1;
      var canvas = L.DomUtil.create("canvas");
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      if (this._index) {
        var context = canvas.getContext("2d");
        context.scale(ratio, ratio);
        paint(context, this._index, this._scale, {
          scale: 256 * Math.pow(2, coords.z),
          x: coords.x * size.x,
          y: coords.y * size.y,
          width: size.x,
          height: size.y,
        }, this.options.fillOpacity);
      }
      return canvas;
    },

    _click: function (event) {
      var hit = this.cellAt(event.latlng);
      if (hit) {
        this.fire("cellclick", { id: hit.id, index: hit.index, latlng: event.latlng });
      } else {
        this.fire("emptyclick", { latlng: event.latlng });
      }
    },
  });

  /* --- small pieces of page ------------------------------------------------------ */

  var SVG = "http://www.w3.org/2000/svg";
  var nHatches = 0;

  function svg(name, attributes, parent) {
    var element = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) {
      element.setAttribute(key, attributes[key]);
    });
    if (parent) { parent.appendChild(element); }
    return element;
  }

  /* An SVG, not a background: browsers leave backgrounds out of prints. */
  function swatch(look) {
    var box = svg("svg", {
      width: 28, height: 18, viewBox: "0 0 28 18", "aria-hidden": "true", focusable: "false",
      "class": "hotspots-swatch",
    });
    var fill = look.colour;
    if (look.hatched) {
      nHatches += 1;
      fill = "url(#hotspots-hatch-" + nHatches + ")";
      var pattern = svg("pattern", {
        id: "hotspots-hatch-" + nHatches, width: 6, height: 6,
        patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
      }, svg("defs", {}, box));
      svg("rect", { width: 6, height: 6, fill: "#ffffff" }, pattern);
      svg("rect", { width: 3, height: 6, fill: look.colour }, pattern);
    }
    svg("rect", {
      x: 0.5, y: 0.5, width: 27, height: 17, fill: fill, stroke: "#0b0c0c",
    }, box);
    return box;
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  /* A list of swatches with their numbers, the highest first, under a title. */
  function buildLegend(scale, title) {
    var box = element("div", "hotspots-legend");
    box.appendChild(element("p", "hotspots-legend__title", title));
    var list = box.appendChild(element("ul", "hotspots-legend__list"));
    scale.classes.slice().reverse().forEach(function (look) {
      var item = list.appendChild(element("li", "hotspots-legend__item"));
      item.appendChild(swatch(look));
      item.appendChild(element("span", "", look.label));
    });
    return box;
  }

  /* A heading and name-value pairs: what a popup or the side panel shows. */
  function buildFacts(title, pairs, heading) {
    var box = element("div", "hotspots-facts");
    box.appendChild(element(heading || "h3", "hotspots-facts__title", title));
    var list = box.appendChild(element("dl", "hotspots-facts__list"));
    pairs.forEach(function (pair) {
      var row = list.appendChild(element("div", "hotspots-facts__row"));
      row.appendChild(element("dt", "", pair[0]));
      row.appendChild(element("dd", "", String(pair[1])));
    });
    return box;
  }

  root.HotspotsMap = {
    CellsLayer: CellsLayer,
    buildFacts: buildFacts,
    buildLegend: buildLegend,
    classOf: classOf,
    countScale: countScale,
    densityScale: densityScale,
    giLevels: giLevels,
    giScale: giScale,
    headTailBreaks: headTailBreaks,
    number: number,
  };
}(window));
