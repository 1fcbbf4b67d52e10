namespace SimpleFlow.Fuzz;

/// <summary>Tables, and what a network makes of them.</summary>
internal sealed class CsvTarget : FuzzTarget
{
    public override string Name => "csv";
    public override string Ending => ".csv";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("flowers.csv", "length,colour,kind\n5.1,red,rose\n3.2,blue,iris\n,red,rose\n4.4,\"deep, blue\",iris\n"u8.ToArray());
        yield return ("quotes.csv", "\uFEFFa;b;y\r\n\"x\"\"y\";2,5;1\r\n\"two\nlines\";3;2\r\n\r\n;NA;3\r\n"u8.ToArray());
        yield return ("prices.tsv", "area\ttown\tprice\n30\tnorth\t1e5\n45\tsouth\t2e5\n70\tnorth\t3.5e5\n"u8.ToArray());
    }

    public override object Read(string path) => CsvTable.Read(path);

    public override void Use(string path, object read)
    {
        var table = (CsvTable)read;
        var target = table.Columns[^1];
        var input = TableInput.Of(table, target, out _);
        if (input.Encode(table).Rows != table.Rows) throw new InvalidOperationException("Rows are missing.");
        NetworkOutput output = ClassOutput.Suits(table, target) ? ClassOutput.Of(table, target) : NumberOutput.Of(table, target);
        output.Encode(table);
    }

    // A column of texts becomes a number for each text that occurs.
    public override long MemoryToUse(byte[] bytes) => 512L * bytes.Length + Ground;
}
