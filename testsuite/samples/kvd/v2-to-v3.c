/* Where 2.0 keeps what 1.1 kept in two fields: who writes a snapshot, and what will be in it. */

#pragma ginseng unit "main.c"

int ginseng_transform_struct_server(const struct server *object,
        const ginseng_before_struct_server *before, ginseng_added_struct_server *added)
{
    added->commands = before->commands;
    added->saver.pid = before->saver;
    added->saver.changes = before->saver_changes;
    added->saver.started = object->started;
    return 0;
}
