package import Runs

/// Body of `POST /api/v1/frozen-figures`: which figure to keep as it is now.
package struct NewFrozenFigure: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// The figure's own title when absent.
    package var title: String?
    /// As in the address of the figure.
    package var kind: String
    /// Query parameters of the figure beside the project.
    package var parameters: [String: String]?

    package init(
        project: String,
        title: String? = nil,
        kind: String,
        parameters: [String: String]? = nil
    ) {
        self.project = project
        self.title = title
        self.kind = kind
        self.parameters = parameters
    }
}

/// A figure as it was when it was frozen. The figure itself is the body of
/// `GET /api/v1/frozen-figures/{id}`.
package struct FrozenFigureMessage: Sendable, Codable, Hashable {
    package var id: String
    package var project: ProjectID
    package var title: String
    package var kind: String
    package var parameters: [String: String]
    /// Microseconds since 1970.
    package var createdAt: Int64

    package init(
        id: String,
        project: ProjectID,
        title: String,
        kind: String,
        parameters: [String: String],
        createdAt: Int64
    ) {
        self.id = id
        self.project = project
        self.title = title
        self.kind = kind
        self.parameters = parameters
        self.createdAt = createdAt
    }
}

/// Answer of `GET /api/v1/frozen-figures`, newest first.
package struct FrozenFigureList: Sendable, Codable, Hashable {
    package var figures: [FrozenFigureMessage]

    package init(figures: [FrozenFigureMessage]) { self.figures = figures }
}

/// Body of `POST /api/v1/reports`.
package struct NewReport: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    package var title: String
    package var markdown: String

    package init(project: String, title: String, markdown: String) {
        self.project = project
        self.title = title
        self.markdown = markdown
    }
}

/// Body of `PUT /api/v1/reports/{id}`.
package struct ReportEdit: Sendable, Codable, Hashable {
    package var title: String
    package var markdown: String
    /// The version that was edited; another one in between is a conflict.
    package var version: Int64
}

/// A report in Markdown.
package struct ReportMessage: Sendable, Codable, Hashable {
    package var id: String
    package var project: ProjectID
    package var title: String
    /// Absent in lists.
    package var markdown: String?
    package var version: Int64
    /// Microseconds since 1970.
    package var createdAt: Int64
    package var updatedAt: Int64

    package init(
        id: String,
        project: ProjectID,
        title: String,
        markdown: String?,
        version: Int64,
        createdAt: Int64,
        updatedAt: Int64
    ) {
        self.id = id
        self.project = project
        self.title = title
        self.markdown = markdown
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Answer of `GET /api/v1/reports`, newest first.
package struct ReportList: Sendable, Codable, Hashable {
    package var reports: [ReportMessage]

    package init(reports: [ReportMessage]) { self.reports = reports }
}

/// Body of `POST /api/v1/views`: the query of a page's address under a name.
package struct NewView: Sendable, Codable, Hashable {
    /// Name or id.
    package var project: String
    /// The page's folder, such as `runs`.
    package var page: String
    package var name: String
    /// As after the `?` of the address.
    package var query: String
}

/// A saved view.
package struct ViewMessage: Sendable, Codable, Hashable {
    package var id: String
    package var project: ProjectID
    package var page: String
    package var name: String
    package var query: String
    /// Microseconds since 1970.
    package var createdAt: Int64

    package init(
        id: String,
        project: ProjectID,
        page: String,
        name: String,
        query: String,
        createdAt: Int64
    ) {
        self.id = id
        self.project = project
        self.page = page
        self.name = name
        self.query = query
        self.createdAt = createdAt
    }
}

/// Answer of `GET /api/v1/views`, newest first.
package struct ViewList: Sendable, Codable, Hashable {
    package var views: [ViewMessage]

    package init(views: [ViewMessage]) { self.views = views }
}
