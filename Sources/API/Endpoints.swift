/// One call of the native API: what server and client agree on.
package struct Endpoint: Sendable, Hashable {
    package enum Method: String, Sendable { case get, post, put, patch, delete }

    package var method: Method
    /// Path with parameters in braces: `/api/v1/runs/{id}`.
    package var path: String
    /// One sentence: what it answers.
    package var summary: String

    package init(_ method: Method, _ path: String, _ summary: String) {
        self.method = method
        self.path = path
        self.summary = summary
    }
}

/// Every call under `/api/v1`. A test compares this list with the routes the server has.
package enum Endpoints {
    package static let all: [Endpoint] = [
        health, listProjects, createProject, findProject, findRoles, putRoles, exportProject,
        listRuns, createRun, findRun, patchRun, heartbeat, resumeRun, runLife, compare,
        deleteRun, restoreRun, purgeRun, bulk, trash, deleteProject, restoreProject, purgeProject,
        patchProject, listGroups, exportRuns,
        listMetrics, createPoints, series, exportSeries, stream,
        createImport,
        findImport, listLaws, createFit, listFits, findFit, cancelFit, diffFits,
        createPrediction, listPredictions, recommend, nextRuns, firstRuns, forecasts, transfer,
        listFigures, figure, swarm, predictMixtures, mixtureOptimum, mixturePreset, mixtureDesign,
        nextMixtures, onlineRules, createOnlineMixture, listOnlineMixtures, findOnlineMixture,
        observeOnlineMixture, replayOnlineMixture, dataChecks,
        freezeFigure, listFrozenFigures, findFrozenFigure, deleteFrozenFigure,
        createReport, listReports, findReport, editReport, deleteReport,
        saveView, listViews, deleteView, criticalProportion, rateSurface,
    ]

    package static let health = Endpoint(
        .get,
        "/api/v1/health",
        "Whether the server and its database answer."
    )
    package static let listProjects = Endpoint(
        .get,
        "/api/v1/projects",
        "All projects, the most recently active first."
    )
    package static let createProject = Endpoint(
        .post,
        "/api/v1/projects",
        "Makes a project of the given name."
    )
    package static let findProject = Endpoint(
        .get,
        "/api/v1/projects/{project}",
        "One project, by name or id."
    )
    package static let findRoles = Endpoint(
        .get,
        "/api/v1/projects/{project}/roles",
        "Where the project's runs get each role from, and how many lack it."
    )
    package static let putRoles = Endpoint(
        .put,
        "/api/v1/projects/{project}/roles",
        "Replaces the project's own formulas for roles."
    )
    package static let exportProject = Endpoint(
        .get,
        "/api/v1/projects/{project}/export",
        "All runs with all points, one JSON object a line, as the importer reads them."
    )
    package static let listRuns = Endpoint(
        .get,
        "/api/v1/runs",
        "Runs of a project that pass a filter, in an order, a page at a time."
    )
    package static let createRun = Endpoint(.post, "/api/v1/runs", "Starts a run.")
    package static let findRun = Endpoint(.get, "/api/v1/runs/{id}", "One run.")
    package static let patchRun = Endpoint(
        .patch,
        "/api/v1/runs/{id}",
        "Changes a run's name, status, end, tags, group, note, parent, or corrects its params."
    )
    package static let heartbeat = Endpoint(
        .post,
        "/api/v1/runs/{id}/heartbeat",
        "Notes that a job with nothing to log is alive, and answers the run's status."
    )
    package static let resumeRun = Endpoint(
        .post,
        "/api/v1/runs/{id}/resume",
        "Lets a run that had ended go on, as a new attempt."
    )
    package static let runLife = Endpoint(
        .get,
        "/api/v1/runs/{id}/life",
        "Attempts of a run, and what its corrected params were before."
    )
    package static let deleteRun = Endpoint(
        .delete,
        "/api/v1/runs/{id}",
        "Moves a run to the trash, from where it can come back."
    )
    package static let restoreRun = Endpoint(
        .post,
        "/api/v1/runs/{id}/restore",
        "Takes a run out of the trash."
    )
    package static let purgeRun = Endpoint(
        .post,
        "/api/v1/runs/{id}/purge",
        "Removes a deleted run for good, now."
    )
    package static let bulk = Endpoint(
        .post,
        "/api/v1/runs/bulk",
        "Deletes, restores, purges, tags, groups or ends many runs."
    )
    package static let trash = Endpoint(
        .get,
        "/api/v1/trash",
        "Deleted projects and runs, and when they go for good."
    )
    package static let deleteProject = Endpoint(
        .delete,
        "/api/v1/projects/{project}",
        "Moves a project with its runs to the trash."
    )
    package static let restoreProject = Endpoint(
        .post,
        "/api/v1/projects/{project}/restore",
        "Takes a project out of the trash, with the runs that went with it."
    )
    package static let purgeProject = Endpoint(
        .post,
        "/api/v1/projects/{project}/purge",
        "Removes a deleted project for good, now, which frees its name."
    )
    package static let compare = Endpoint(
        .get,
        "/api/v1/compare",
        "What differs between runs: params, tags and metrics."
    )
    package static let patchProject = Endpoint(
        .patch,
        "/api/v1/projects/{project}",
        "Changes a project's name, note or tags."
    )
    package static let listGroups = Endpoint(
        .get,
        "/api/v1/projects/{project}/groups",
        "The groups of a project's runs, with how many runs each has."
    )
    package static let exportRuns = Endpoint(
        .get,
        "/api/v1/runs/export",
        "A filtered, sorted table of runs as CSV or JSON lines."
    )
    package static let listMetrics = Endpoint(
        .get,
        "/api/v1/metrics",
        "Names of the metrics of a project's runs, with how many runs logged them."
    )
    package static let createPoints = Endpoint(
        .post,
        "/api/v1/points",
        "Stores points of many series of many runs, all or none."
    )
    package static let series = Endpoint(
        .get,
        "/api/v1/series",
        "Series of several runs in at most 600 buckets each."
    )
    package static let exportSeries = Endpoint(
        .get,
        "/api/v1/series/export",
        "All points of series, as a table or as the importer reads them."
    )
    package static let stream = Endpoint(
        .get,
        "/api/v1/stream",
        "New points and changed runs of a project, as server-sent events."
    )
    package static let createImport = Endpoint(
        .post,
        "/api/v1/imports",
        "Queues the import of a file, which is the body."
    )
    package static let findImport = Endpoint(
        .get,
        "/api/v1/imports/{id}",
        "How far an import is and what it did."
    )
    package static let listLaws = Endpoint(.get, "/api/v1/laws", "The cards of all laws.")
    package static let createFit = Endpoint(
        .post,
        "/api/v1/fits",
        "Queues the fit of a law on a project's runs."
    )
    package static let listFits = Endpoint(
        .get,
        "/api/v1/fits",
        "Fits of a project, newest first, without their bodies."
    )
    package static let findFit = Endpoint(.get, "/api/v1/fits/{id}", "One fit with its body.")
    package static let cancelFit = Endpoint(
        .delete,
        "/api/v1/fits/{id}",
        "Cancels a fit that waits or is computed; one that has finished stays."
    )
    package static let diffFits = Endpoint(
        .get,
        "/api/v1/fits/{id}/diff",
        "How a fit differs from another of its law: parameters, runs and predictions."
    )
    package static let createPrediction = Endpoint(
        .post,
        "/api/v1/predictions",
        "Freezes the loss that a law foretells for a run to come."
    )
    package static let listPredictions = Endpoint(
        .get,
        "/api/v1/predictions",
        "Frozen predictions of a project, their scores, and how far they held."
    )
    package static let recommend = Endpoint(
        .get,
        "/api/v1/recommendations",
        "What to set for a run of a given size and length, with intervals and evidence."
    )
    package static let nextRuns = Endpoint(
        .get,
        "/api/v1/next-runs",
        "Which runs under a budget of compute would make an answer surer."
    )
    package static let firstRuns = Endpoint(
        .get,
        "/api/v1/first-runs",
        "Runs with which a law can be fitted that has too few."
    )
    package static let forecasts = Endpoint(
        .get,
        "/api/v1/forecasts",
        "Where running jobs will end, and which of them to stop."
    )
    package static let transfer = Endpoint(
        .post,
        "/api/v1/transfer",
        "Hyperparameters for another width, depth, batch or length, by published rules."
    )
    package static let listFigures = Endpoint(.get, "/api/v1/figures", "The kinds of figures.")
    package static let figure = Endpoint(
        .get,
        "/api/v1/figures/{kind}",
        "One figure, as data and layout of the chart library."
    )

    package static let swarm = Endpoint(
        .get,
        "/api/v1/mixtures",
        "Domains, targets and warnings of the runs of a project that have a data mixture."
    )
    package static let predictMixtures = Endpoint(
        .post,
        "/api/v1/mixtures/predictions",
        "What a law over mixtures expects of given ones, with intervals and distances."
    )
    package static let mixtureOptimum = Endpoint(
        .post,
        "/api/v1/mixtures/optima",
        "The best mixture within constraints, how sure it is, and what binds it."
    )
    package static let mixtureDesign = Endpoint(
        .post,
        "/api/v1/mixtures/designs",
        "Mixtures for a first set of runs, all within constraints."
    )
    package static let mixturePreset = Endpoint(
        .post,
        "/api/v1/mixtures/presets/{preset}",
        "A mixture or budget by a published rule, from sizes or similarities alone."
    )
    package static let nextMixtures = Endpoint(
        .post,
        "/api/v1/mixtures/next-runs",
        "Mixtures worth a run next, from what the runs so far say."
    )
    package static let criticalProportion = Endpoint(
        .get,
        "/api/v1/mixtures/critical-proportions",
        "The share of a domain at which a loss stays what it was before training went on."
    )
    package static let rateSurface = Endpoint(
        .get,
        "/api/v1/mixtures/rate-surfaces",
        "Which learning rate goes with which share of an added domain."
    )
    package static let onlineRules = Endpoint(
        .get,
        "/api/v1/online-mixtures/rules",
        "Rules that move sampling weights while a job runs, with their settings."
    )
    package static let createOnlineMixture = Endpoint(
        .post,
        "/api/v1/online-mixtures",
        "Starts a rule for a running job and answers the first weights."
    )
    package static let listOnlineMixtures = Endpoint(
        .get,
        "/api/v1/online-mixtures",
        "Rules under way in a project, newest first."
    )
    package static let findOnlineMixture = Endpoint(
        .get,
        "/api/v1/online-mixtures/{id}",
        "The weights of a rule under way."
    )
    package static let observeOnlineMixture = Endpoint(
        .post,
        "/api/v1/online-mixtures/{id}/observations",
        "Takes what a job measured in one step and answers the next weights; safe to repeat."
    )
    package static let replayOnlineMixture = Endpoint(
        .post,
        "/api/v1/online-mixtures/replays",
        "What a rule would have chosen at each step of a logged run."
    )

    package static let dataChecks = Endpoint(
        .get,
        "/api/v1/data-checks",
        "What is wrong or odd in the runs of a project, and which runs it is about."
    )
    package static let freezeFigure = Endpoint(
        .post,
        "/api/v1/frozen-figures",
        "Keeps a figure as it is now."
    )
    package static let listFrozenFigures = Endpoint(
        .get,
        "/api/v1/frozen-figures",
        "The frozen figures of a project, newest first."
    )
    package static let findFrozenFigure = Endpoint(
        .get,
        "/api/v1/frozen-figures/{id}",
        "A frozen figure, as data and layout of the chart library."
    )
    package static let deleteFrozenFigure = Endpoint(
        .delete,
        "/api/v1/frozen-figures/{id}",
        "Deletes a frozen figure."
    )
    package static let createReport = Endpoint(.post, "/api/v1/reports", "Keeps a new report.")
    package static let listReports = Endpoint(
        .get,
        "/api/v1/reports",
        "The reports of a project, newest first."
    )
    package static let findReport = Endpoint(.get, "/api/v1/reports/{id}", "One report.")
    package static let editReport = Endpoint(
        .put,
        "/api/v1/reports/{id}",
        "Replaces the text of a report, unless somebody else did so first."
    )
    package static let deleteReport = Endpoint(
        .delete,
        "/api/v1/reports/{id}",
        "Deletes a report."
    )
    package static let saveView = Endpoint(
        .post,
        "/api/v1/views",
        "Keeps what a page shows under a name."
    )
    package static let listViews = Endpoint(
        .get,
        "/api/v1/views",
        "The saved views of a project, newest first."
    )
    package static let deleteView = Endpoint(.delete, "/api/v1/views/{id}", "Deletes a saved view.")
}
