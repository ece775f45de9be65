DROP TABLE calendars;
DROP TABLE document_relations;
DROP TABLE documents;
DROP TABLE organizations;
