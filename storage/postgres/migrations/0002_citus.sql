-- Every table that is not shared is spread over Citus' machines by its library, the rows of one library on one machine. The extension must be
-- there before Archivist first opens the database.
SELECT create_distributed_table('library', 'id');
SELECT create_distributed_table('setting', 'library', colocate_with => 'library');
SELECT create_distributed_table('article', 'library', colocate_with => 'library');
SELECT create_distributed_table('article_version', 'library', colocate_with => 'library');
SELECT create_distributed_table('paragraph', 'library', colocate_with => 'library');
SELECT create_distributed_table('link', 'library', colocate_with => 'library');
SELECT create_distributed_table('segment', 'library', colocate_with => 'library');
SELECT create_distributed_table('page', 'library', colocate_with => 'library');
SELECT create_distributed_table('removed', 'library', colocate_with => 'library');
SELECT create_distributed_table('removed_page', 'library', colocate_with => 'library');
SELECT create_distributed_table('seen', 'library', colocate_with => 'library');
SELECT create_distributed_table('learned', 'library', colocate_with => 'library');
SELECT create_distributed_table('refresh', 'library', colocate_with => 'library');
SELECT create_distributed_table('question', 'library', colocate_with => 'library');
SELECT create_distributed_table('quota', 'library', colocate_with => 'library');
SELECT create_distributed_table('card', 'library', colocate_with => 'library');
SELECT create_distributed_table('feedback', 'library', colocate_with => 'library');
SELECT create_distributed_table('daily', 'library', colocate_with => 'library');
SELECT create_distributed_table('bucket', 'library', colocate_with => 'library');
SELECT create_distributed_table('audit', 'library', colocate_with => 'library');
