namespace SimpleFlow.Cli.Code;

/// <summary>The program of a network for rows of a table.</summary>
internal static class TableProgram
{
    public static string Of(TableInput table, NetworkOutput output)
    {
        var columns = table.Columns.Select(column => (Entry: $"    [{CSharpText.Literal(column.Name)}] = {Example(column)},",
            Comment: Meaning(column))).ToList();
        // Comments stand below one another, unless one name is so long that most would be far away.
        var width = Math.Min(48, columns.Max(column => column.Entry.Length));
        return $$"""
            if (args.Length > 0)
            {
                // A file with these columns, read like the training table. Others are ignored.
                var table = ((TableInput)network.Description.Input).Read(args[0]);
                foreach (var answer in network.{{NetworkProgram.Call(output)}}(table)) {{NetworkProgram.Written(output)}}
                return;
            }

            // One row, with a typical value in each column; null stands for a missing one.
            var row = new Dictionary<string, object?>
            {
            {{NetworkProgram.Lines(columns.Select(column => $"{column.Entry.PadRight(width)}  // {column.Comment}"))}}
            };

            // {{NetworkProgram.Said(output)}}
            {{(output is ClassOutput ? """
            var prediction = network.Classify(row);
            foreach (var (name, probability) in prediction.Top(5)) Console.WriteLine($"{name}: {probability}");
            """ : """
            Console.WriteLine(network.Estimate(row));
            """)}}

            // On many threads at once, as in a web server, use network.Predictor(): it has the same methods.

            """;
    }

    private static string Example(TableColumn column) => column switch
    {
        NumberColumn number => CSharpText.Literal(number.Mean),
        DateColumn { Last: var last, HasTime: true } =>
            $"new DateTime({last.Year}, {last.Month}, {last.Day}, {last.Hour}, {last.Minute}, {last.Second})",
        DateColumn { Last: var last } => $"new DateOnly({last.Year}, {last.Month}, {last.Day})",
        _ => ((CategoryColumn)column).Values.FirstOrDefault(value => value.Length > 0) is { } value ? CSharpText.Literal(value) : "null",
    };

    private static string Meaning(TableColumn column) => column switch
    {
        NumberColumn number =>
            $"a number, standard deviation {CSharpText.Literal(number.Deviation)} in training{Missing(number.MayBeMissing)}",
        DateColumn date => $"a date, the last one of training{Missing(date.MayBeMissing)}",
        _ => $"a text: {CSharpText.Listed(((CategoryColumn)column).Values)}",
    };

    private static string Missing(bool maybe) => maybe ? "; may be missing" : "";
}
