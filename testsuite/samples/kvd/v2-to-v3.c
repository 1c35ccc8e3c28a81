/* Where 2.0 keeps what 1.1 kept in two fields: who writes a snapshot, and what will be in it. */

#pragma ginseng unit "main.c"

int ginseng_transform_struct_server(const struct server *object,
        const ginseng_before_struct_server *before, ginseng_added_struct_server *added)
{
    /* Not before->...: where 1.1 came by patches, its own fields lie beside the object. */
    added->commands = *ginseng_former_struct_server_commands(object);
    added->saver.pid = *ginseng_former_struct_server_saver(object);
    added->saver.changes = *ginseng_former_struct_server_saver_changes(object);
    added->saver.started = object->started;
    return 0;
}
