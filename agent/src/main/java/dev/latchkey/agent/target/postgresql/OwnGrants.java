package dev.latchkey.agent.target.postgresql;

import static dev.latchkey.agent.target.postgresql.RoleName.identifier;

import dev.latchkey.agent.target.Target.Login;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a login role was granted itself, as the statements that grant it to the owner role too: once
 * its sessions set the owner role, they act with the owner's rights alone.
 *
 * <p>Looks at the objects of one database, at what is shared by all, and at memberships of other
 * roles; changes nothing. What the owner role or PUBLIC has already is left out. Of kinds of
 * objects that it does not know, such as parameters, it says only what they are.
 */
final class OwnGrants {

  private static final String ACL =
      """
      CASE d.classid
        WHEN 'pg_class'::regclass THEN CASE d.objsubid
          WHEN 0 THEN (SELECT relacl FROM pg_class WHERE oid = d.objid)
          ELSE (SELECT attacl FROM pg_attribute WHERE attrelid = d.objid AND attnum = d.objsubid)
          END
        WHEN 'pg_namespace'::regclass THEN (SELECT nspacl FROM pg_namespace WHERE oid = d.objid)
        WHEN 'pg_proc'::regclass THEN (SELECT proacl FROM pg_proc WHERE oid = d.objid)
        WHEN 'pg_type'::regclass THEN (SELECT typacl FROM pg_type WHERE oid = d.objid)
        WHEN 'pg_language'::regclass THEN (SELECT lanacl FROM pg_language WHERE oid = d.objid)
        WHEN 'pg_database'::regclass THEN (SELECT datacl FROM pg_database WHERE oid = d.objid)
        WHEN 'pg_tablespace'::regclass THEN (SELECT spcacl FROM pg_tablespace WHERE oid = d.objid)
        WHEN 'pg_largeobject'::regclass THEN
          (SELECT lomacl FROM pg_largeobject_metadata WHERE oid = d.objid)
        WHEN 'pg_foreign_server'::regclass THEN
          (SELECT srvacl FROM pg_foreign_server WHERE oid = d.objid)
        WHEN 'pg_foreign_data_wrapper'::regclass THEN
          (SELECT fdwacl FROM pg_foreign_data_wrapper WHERE oid = d.objid)
        WHEN 'pg_default_acl'::regclass THEN
          (SELECT defaclacl FROM pg_default_acl WHERE oid = d.objid)
      END
      """;

  private static final String KIND =
      """
      CASE o.classid
        WHEN 'pg_class'::regclass THEN
          CASE (SELECT relkind FROM pg_class WHERE oid = o.objid)
            WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END
        WHEN 'pg_namespace'::regclass THEN 'SCHEMA '
        WHEN 'pg_proc'::regclass THEN 'ROUTINE '
        WHEN 'pg_type'::regclass THEN 'TYPE '
        WHEN 'pg_language'::regclass THEN 'LANGUAGE '
        WHEN 'pg_database'::regclass THEN 'DATABASE '
        WHEN 'pg_tablespace'::regclass THEN 'TABLESPACE '
        WHEN 'pg_largeobject'::regclass THEN 'LARGE OBJECT '
        WHEN 'pg_foreign_server'::regclass THEN 'FOREIGN SERVER '
        WHEN 'pg_foreign_data_wrapper'::regclass THEN 'FOREIGN DATA WRAPPER '
      END
      """;

  /** The arguments: login, owner, whether this database answers for what all share. */
  private static final String FROM =
      """
      WITH login AS (SELECT oid FROM pg_roles WHERE rolname = ?),
      owner AS (SELECT oid FROM pg_roles WHERE rolname = ?),
      o AS (
        SELECT d.classid, d.objid, d.objsubid, %s AS acl
        FROM pg_shdepend d JOIN login ON d.refobjid = login.oid
        WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'a'
          AND (d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            OR (d.dbid = 0 AND ?))),
      missing AS (
        SELECT o.classid, o.objid, o.objsubid, x.privilege_type AS privilege,
          CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
        FROM o CROSS JOIN LATERAL aclexplode(o.acl) x JOIN login ON x.grantee = login.oid
        WHERE NOT EXISTS (
          SELECT 1 FROM aclexplode(o.acl) y
          WHERE (y.grantee = 0 OR y.grantee = (SELECT oid FROM owner))
            AND y.privilege_type = x.privilege_type
            AND (y.is_grantable OR y.grantee = y.grantor OR NOT x.is_grantable)))
      """
          .formatted(ACL);

  private static final String OBJECTS =
      FROM
          + """
          SELECT 'GRANT ' || string_agg(privilege || coalesce(
              (SELECT ' (' || quote_ident(attname) || ')' FROM pg_attribute
               WHERE o.objsubid > 0 AND attrelid = o.objid AND attnum = o.objsubid), ''),
              ', ' ORDER BY privilege)
            || ' ON ' || %s
            || (pg_identify_object(o.classid, o.objid, 0)).identity AS head, option
          FROM missing o WHERE o.classid <> 'pg_default_acl'::regclass
          GROUP BY o.classid, o.objid, o.objsubid, option ORDER BY 1, 2
          """
              .formatted(KIND);

  private static final String DEFAULTS =
      FROM
          + """
          SELECT 'ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(r.rolname)
            || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '')
            || ' GRANT ' || string_agg(o.privilege, ', ' ORDER BY o.privilege) || ' ON '
            || CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
                ELSE 'LARGE OBJECTS' END AS head, o.option
          FROM missing o JOIN pg_default_acl a ON a.oid = o.objid
            JOIN pg_roles r ON r.oid = a.defaclrole
            LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
          WHERE o.classid = 'pg_default_acl'::regclass
          GROUP BY r.rolname, n.nspname, a.defaclobjtype, o.option ORDER BY 1, 2
          """;

  private static final String UNKNOWN =
      FROM
          + """
          SELECT '-- by hand, what may be done with '
            || pg_describe_object(o.classid, o.objid, o.objsubid) AS head, '' AS option
          FROM o WHERE o.acl IS NULL AND NOT EXISTS (
            SELECT 1 FROM pg_shdepend s WHERE s.classid = o.classid AND s.objid = o.objid
              AND s.objsubid = o.objsubid AND s.deptype = 'a'
              AND s.refobjid = (SELECT oid FROM owner))
          ORDER BY 1
          """;

  private static final String MEMBERSHIPS =
      """
      WITH login AS (SELECT oid FROM pg_roles WHERE rolname = ?),
      owner AS (SELECT oid FROM pg_roles WHERE rolname = ?)
      SELECT 'GRANT ' || quote_ident(g.rolname) AS head, '' AS option
      FROM pg_auth_members m JOIN login ON m.member = login.oid JOIN pg_roles g ON g.oid = m.roleid
      WHERE ? AND g.oid IS DISTINCT FROM (SELECT oid FROM owner)
        AND NOT coalesce(pg_has_role((SELECT oid FROM owner), g.oid, 'MEMBER'), false)
        AND NOT coalesce(pg_has_role(g.oid, (SELECT oid FROM owner), 'MEMBER'), false)
      GROUP BY g.rolname ORDER BY 1
      """;

  private final Connection connection;

  /** Looks into the database of {@code connection}. */
  OwnGrants(Connection connection) {
    this.connection = connection;
  }

  /**
   * The statements that are missing.
   *
   * @param shared whether to look at what all databases share, too
   */
  List<String> missing(Login login, boolean shared) throws SQLException {
    List<String> sql = new ArrayList<>();
    for (String question : List.of(MEMBERSHIPS, OBJECTS, DEFAULTS, UNKNOWN)) {
      ask(question, login, shared, sql);
    }
    return List.copyOf(sql);
  }

  private void ask(String question, Login login, boolean shared, List<String> sql)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(question)) {
      statement.setString(1, login.user());
      statement.setString(2, login.owner());
      statement.setBoolean(3, shared);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          sql.add(
              rows.getString("head")
                  + " TO "
                  + identifier(login.owner())
                  + rows.getString("option")
                  + ";");
        }
      }
    }
  }
}
